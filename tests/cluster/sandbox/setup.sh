#!/bin/sh
# Process 1 of the cluster's namespaces: furnishes them, then becomes the process that holds them. Whatever
# is mounted, routed or filtered here ends with that process.
# usage: setup.sh RUN_DIRECTORY FAMILIES POLICIES, and the addresses in variables (namespaces.ts)
set -eu
run=$1 families=$2 policies=$3

# Volumes propagate from kubelet to containers, but nothing to the host: the namespace started private.
mount --make-rshared /

# The daemons' fixed paths become directories of the run directory, which stays where it is.
mkdir -p "$run/var-lib/$(basename "$run")" "$run/var-log" "$run/run" "$run/etcd"
mount --bind "$run" "$run/var-lib/$(basename "$run")"
mount --rbind "$run/var-lib" /var/lib
mount --bind "$run/var-log" /var/log
mount --bind "$run/run" /run
# etcd syncs each write; memory makes that free.
mount -t tmpfs -o mode=700 tmpfs "$run/etcd"

# kubelet insists on these, which belong to the whole machine: here it finds them as it likes them.
pretend() {
  printf '%s\n' "$2" >"$run/kernel/$(basename "$1")"
  mount --bind "$run/kernel/$(basename "$1")" "/proc/sys/$1"
}
mkdir -p "$run/kernel"
pretend vm/overcommit_memory 1
pretend vm/panic_on_oom 0
pretend kernel/panic 10
pretend kernel/panic_on_oops 1
pretend kernel/keys/root_maxkeys 1000000
pretend kernel/keys/root_maxbytes 25000000

ip link set lo up

# The simulated Internet: a namespace of its own at the end of a cable. Made before any pod, because
# "ip netns add" re-binds the directory in which pods' namespaces are mounted.
ip netns add internet
ip link add internet type veth peer name uplink netns internet
ip link set internet up
ip -n internet link set lo up
ip -n internet link set uplink up
internet() { ip netns exec internet "$@"; }
setting() { echo "$2" >"/proc/sys/net/$1"; }
dnat() { "$1" -t nat -A PREROUTING -p tcp -m addrtype --dst-type LOCAL --dport "$CONTROL_PORTS" -j DNAT --to-destination "$2"; }

# The first packet of what pods send and get goes to the queue of the NetworkPolicy engine
# (daemons/network-policies.ts), after kube-proxy has put a pod's address in place of a Service's. What the node itself
# sends does not: its kubelet reaches every pod. No --queue-bypass: while the engine is away, nothing passes.
police() {
  $1 -t mangle -A "$2" -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
  $1 -t mangle -A "$2" -j NFQUEUE --queue-num 100
}
# usage: police_pods IPTABLES POD_CIDR
police_pods() {
  $1 -t mangle -A POSTROUTING -o lo -j RETURN
  $1 -t mangle -A POSTROUTING -m addrtype --src-type LOCAL -j RETURN
  police "$1" POSTROUTING
  # From pods to the node: its API server, its ports.
  $1 -t mangle -A INPUT ! -s "$2" -j RETURN
  police "$1" INPUT
}

ipv4() {
  setting ipv4/ip_forward 1
  ip address add "$GATEWAY4/24" dev internet
  ip route add "$TRANSLATED_IP" via "$CONTROL_IP4"
  ip -n internet route add default via "$GATEWAY4"
  dnat iptables "$CONTROL_IP4"
  [ "$policies" = off ] || police_pods iptables "$POD_CIDR4"
}

ipv6() {
  setting ipv6/conf/all/disable_ipv6 0
  setting ipv6/conf/default/disable_ipv6 0
  setting ipv6/conf/all/forwarding 1
  ip address add "$GATEWAY6/64" dev internet nodad
  ip -n internet address add "$CONTROL_IP6/64" dev uplink nodad
  ip -n internet route add default via "$GATEWAY6"
  # Without ARP's habit to answer for every local address, the node needs a way there.
  ip route add "$THIRD_PARTY_CIDR6" via "$CONTROL_IP6"
  ip -n internet route add local "$THIRD_PARTY_CIDR6" dev lo
  internet sh -c 'echo 1 >/proc/sys/net/ipv6/ip_nonlocal_bind'
  internet ip6tables -A INPUT -d "$BLACK_HOLE6" -j DROP
  dnat ip6tables "$CONTROL_IP6"
  if [ "$policies" != off ]; then
    # Neighbour discovery is IPv6's ARP: without it no pod finds its node, nor the node a pod.
    for type in neighbour-solicitation neighbour-advertisement; do
      for chain in INPUT POSTROUTING; do
        ip6tables -t mangle -A "$chain" -p ipv6-icmp --icmpv6-type "$type" -j RETURN
      done
    done
    police_pods ip6tables "$POD_CIDR6"
  fi
  nat64
}

# The simulated Internet's translator between IPv6 and IPv4.
nat64() {
  mkdir -p "$run/nat64"
  cat >"$run/nat64/tayga.conf" <<END
tun-device nat64
ipv4-addr $NAT64_IPV4
ipv6-addr $NAT64_IPV6
prefix $NAT64_PREFIX
dynamic-pool $NAT64_POOL
data-dir $run/nat64
END
  internet sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding; echo 1 >/proc/sys/net/ipv4/ip_forward'
  internet tayga --config "$run/nat64/tayga.conf" --mktun
  ip -n internet link set nat64 up
  ip -n internet route add "$NAT64_PREFIX" dev nat64
  ip -n internet route add "$NAT64_POOL" dev nat64
  ip route add "$NAT64_PREFIX" via "$CONTROL_IP6"
  internet tayga --config "$run/nat64/tayga.conf" --pidfile "$run/nat64/tayga.pid"
}

# Third parties have IPv4 whatever the cluster has. They may listen on any address of the upper half.
ip -n internet address add "$CONTROL_IP4/24" dev uplink
ip -n internet route add local "$THIRD_PARTY_CIDR4" dev lo
ip -n internet address add "$TRANSLATED_IP/32" dev lo
# This one is a hole that swallows packets.
internet iptables -A INPUT -d "$BLACK_HOLE4" -j DROP
case $families in
  ipv4) ipv4 ;;
  dual) ipv4; ipv6 ;;
  ipv6) ipv6 ;;
esac

exec "$run/bin/pause"
