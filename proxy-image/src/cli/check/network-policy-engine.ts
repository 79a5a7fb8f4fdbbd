import { type Finding, ok, warning } from "./finding";

/** A DaemonSet, with what is read of it. */
export interface DaemonSet {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly name: string; readonly args?: readonly string[] }[];
      };
    };
  };
}

/** DaemonSets that enforce NetworkPolicies, by their names in the vendors' manifests and charts. */
const ENGINES: readonly [name: string, engine: string][] = [
  ["calico-node", "Calico"],
  ["canal", "Canal"],
  ["rke2-canal", "Canal"],
  ["cilium", "Cilium"],
  ["anetd", "GKE Dataplane V2"],
  ["kube-router", "kube-router"],
  ["antrea-agent", "Antrea"],
  ["weave-net", "Weave Net"],
  ["ovnkube-node", "OVN-Kubernetes"],
  ["azure-npm", "Azure Network Policy Manager"],
  ["kube-network-policies", "kube-network-policies"],
  ["kindnet", "kindnet"],
];

/** Whether something enforces NetworkPolicies, as far as DaemonSets show it. Pure. */
export function checkEngine(daemonSets: readonly DaemonSet[], version: string): Finding {
  const found = daemonSets.flatMap(({ metadata }) => ENGINES.filter(([name]) => metadata.name === name));
  const [engine] = found;
  if (engine) return ok("network policy", `enforced by ${engine[1]}`);
  if (daemonSets.some(enforcesOnEks)) return ok("network policy", "enforced by the Amazon VPC CNI");
  if (version.includes("+k3s"))
    return ok("network policy", "enforced by k3s, unless it runs with --disable-network-policy");
  return warning(
    "network policy",
    "no engine that this tool knows runs here: probably nothing enforces policies, and any pod can call any address",
    "install an engine (Calico, Cilium, kube-network-policies), or prove that yours blocks a connection",
    "docs/lockdown.md",
  );
}

/** `aws-node` enforces only with this flag of its second container. */
function enforcesOnEks({ metadata, spec }: DaemonSet): boolean {
  return (
    metadata.name === "aws-node" &&
    spec.template.spec.containers.some(({ args = [] }) => args.includes("--enable-network-policy=true"))
  );
}
