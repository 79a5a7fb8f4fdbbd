#!/usr/bin/env bash
# A kind cluster with Linkerd and a registry, on which `npm run test:linkerd` runs.
# usage: tests/linkerd/kind.sh PATH_OF_THE_LINKERD_CLI
# Needs docker, kind and kubectl. To remove it: kind delete cluster --name egress; docker rm -f egress-registry
set -euo pipefail

linkerd=$1
name=egress
registry=egress-registry
port=5001
# The newest release whose experimental channel Linkerd's own tests use, from 2.18 to 2.20.
gateway_api=v1.2.1

docker run --detach --restart=always --publish "127.0.0.1:$port:5000" --name "$registry" \
  registry:2@sha256:a3d8aaa63ed8681a604f1dea0aa03f100d5895b6a58ace528858a7b332415373

# Two nodes, because kind's network plugin does not block a pod from its own node.
kind create cluster --name "$name" --wait 2m --config - <<'CONFIG'
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
containerdConfigPatches:
  - |-
    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = "/etc/containerd/certs.d"
nodes:
  - role: control-plane
  - role: worker
CONFIG

# To a node, localhost is itself: there the registry is found by its container's name.
docker network connect kind "$registry"
for node in $(kind get nodes --name "$name"); do
  docker exec "$node" mkdir -p "/etc/containerd/certs.d/localhost:$port"
  echo "[host.\"http://$registry:5000\"]" |
    docker exec --interactive "$node" cp /dev/stdin "/etc/containerd/certs.d/localhost:$port/hosts.toml"
done

kubectl apply --server-side -f \
  "https://github.com/kubernetes-sigs/gateway-api/releases/download/$gateway_api/experimental-install.yaml"
"$linkerd" install --crds --set installGatewayAPI=false | kubectl apply --server-side -f -
"$linkerd" install | kubectl apply --server-side -f -
"$linkerd" check --wait 5m

echo "now: K8S_EGRESS_TEST_REPOSITORY=localhost:$port/egress-proxy npm run test:linkerd"
