#!/bin/sh
# Process 1 of the cluster's namespaces: furnishes them, then becomes the process that holds them. Whatever
# is mounted, routed or filtered here ends with that process.
# usage: setup.sh RUN_DIRECTORY GATEWAY CONTROL_IP CONTROL_PORTS POD_CIDR POLICIES
set -eu
run=$1 gateway=$2 control_ip=$3 control_ports=$4 pod_cidr=$5 policies=$6

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
echo 1 >/proc/sys/net/ipv4/ip_forward

# The pretended internet: a namespace of its own at the end of a cable. Made before any pod, because
# "ip netns add" re-binds the directory in which pods' namespaces are mounted.
ip netns add internet
ip link add internet type veth peer name uplink netns internet
ip address add "$gateway/24" dev internet
ip link set internet up
ip -n internet link set lo up
ip -n internet address add "$control_ip/24" dev uplink
ip -n internet link set uplink up
ip -n internet route add default via "$gateway"
# Third parties may listen on any address of the upper half.
ip -n internet route add local 198.51.100.128/25 dev lo
# This one is a hole that swallows packets.
ip netns exec internet iptables -A INPUT -d 198.51.100.254 -j DROP
iptables -t nat -A PREROUTING -p tcp -m addrtype --dst-type LOCAL --dport "$control_ports" -j DNAT --to-destination "$control_ip"

# The first packet of what pods send and get goes to the queue of the NetworkPolicy engine
# (daemons/network-policies.ts), after kube-proxy has put a pod's address in place of a Service's. What the node itself
# sends does not: its kubelet reaches every pod. No --queue-bypass: while the engine is away, nothing passes.
police() {
  $1 -t mangle -A "$2" -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
  $1 -t mangle -A "$2" -j NFQUEUE --queue-num 100
}
if [ "$policies" = enforced ]; then
iptables -t mangle -A POSTROUTING -o lo -j RETURN
iptables -t mangle -A POSTROUTING -m addrtype --src-type LOCAL -j RETURN
police iptables POSTROUTING
# From pods to the node: its API server, its ports.
iptables -t mangle -A INPUT ! -s "$pod_cidr" -j RETURN
police iptables INPUT
fi

exec "$run/bin/pause"
