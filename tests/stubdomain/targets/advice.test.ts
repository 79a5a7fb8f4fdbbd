import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConfigMap } from "../../../proxy-image/src/stubdomain/cluster/cluster";
import type { Survey } from "../../../proxy-image/src/stubdomain/controller/survey";
import { advice } from "../../../proxy-image/src/stubdomain/targets/advice";
import type { TargetKind } from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { COREFILES } from "../corefiles";
import { ownership } from "../fake-cluster";
import { specFor } from "./target-scenes";

const configMap = (corefile: string, manager = "kubeadm", operation = "Update"): ConfigMap => ({
  metadata: {
    namespace: "kube-system",
    name: "any",
    managedFields: [ownership(manager, operation)],
  },
  data: { Corefile: corefile },
});
const NOTHING: Survey = {
  version: "v1.36.3",
  groups: ["apps"],
  coredns: undefined,
  kubeDns: undefined,
  nodeLocalDns: undefined,
  rke2: undefined,
  resolvers: ["10.96.0.10"],
  hasPods: true,
  serves: undefined,
};
const KUBEADM = configMap(COREFILES.kubeadm!);
const K3S = configMap(COREFILES["k3s, whose files are imported"]!);
const NODE_LOCAL = configMap(COREFILES["NodeLocal, bound to an address"]!);
const FORWARDING = configMap(
  COREFILES["NodeLocal, bound to an address"]!.replaceAll(/forward \. \S+/g, "forward . 100.64.0.10"),
);
const LKE: ConfigMap = {
  metadata: { namespace: "kube-system", name: "coredns-base" },
  data: { Corefile: ".:53 {\n  errors\n  reload\n  import custom/*.include\n}\nimport custom/*.server\n" },
};
const KUBESPRAY: ConfigMap = {
  metadata: { namespace: "kube-system", name: "nodelocaldns" },
  data: { Corefile: ".:53 {\n  bind 169.254.25.10\n  forward . /etc/resolv.conf\n  reload\n}\n" },
};
const STUB_DOMAINS: ConfigMap = { metadata: { namespace: "kube-system", name: "kube-dns" } };

/** Clusters as platforms make them, and for each target the setting that the user is told; "" where it fits. */
const clusters: [name: string, cluster: Partial<Survey>, told: Partial<Record<TargetKind, string>>][] = [
  [
    "kubeadm, kind, k0s, Talos, microk8s",
    { coredns: KUBEADM },
    {
      coredns: "",
      corednsCustom: "leave dns.target out",
      kubeDns: "leave dns.target out",
      openshift: "leave dns.target out",
      nodeLocalDns: "leave dns.nodeLocalDns out",
    },
  ],
  [
    "AKS, k3s, DOKS, OKE, LKE",
    { coredns: K3S },
    { coredns: 'dns.target: "corednsCustom"', corednsCustom: "", kubeDns: "leave dns.target out" },
  ],
  [
    "LKE, whose Corefile has another name",
    { coredns: LKE },
    { coredns: 'dns.target: "corednsCustom"', corednsCustom: "" },
  ],
  [
    "LKE Enterprise, whose Corefile has yet another name",
    { coredns: { ...LKE, metadata: { ...LKE.metadata, name: "workload-coredns" } }, serves: "coredns" },
    { coredns: 'dns.target: "corednsCustom"', corednsCustom: "" },
  ],
  [
    "kube-dns beside a Corefile that is left over",
    { coredns: KUBEADM, kubeDns: STUB_DOMAINS, serves: "kubeDns" },
    {
      coredns: 'only left over: delete it: set dns.target: "kubeDns"',
      corednsCustom: 'dns.target: "kubeDns"',
      kubeDns: "",
    },
  ],
  [
    "kube-dns beside a Corefile that is left over, and no ConfigMap of its own",
    { coredns: KUBEADM, serves: "kubeDns" },
    { coredns: "does not read ConfigMap kube-system/any", kubeDns: "" },
  ],
  [
    "CoreDNS beside a ConfigMap of kube-dns that is left over",
    { coredns: KUBEADM, kubeDns: STUB_DOMAINS, serves: "coredns" },
    {
      coredns: "",
      kubeDns: "reads no stubDomains: leave dns.target out; ConfigMap kube-system/kube-dns is only left",
    },
  ],
  [
    "kubespray with NodeLocal DNSCache, whose ConfigMap has another name",
    { coredns: KUBEADM, nodeLocalDns: KUBESPRAY, resolvers: ["169.254.25.10"] },
    {
      coredns: 'dns.nodeLocalDns: true and dns.nodeLocalConfigMap: { name: "nodelocaldns" }',
      nodeLocalDns: "",
    },
  ],
  [
    "a NodeLocal DNSCache whose ConfigMap can't be known",
    { coredns: KUBEADM, resolvers: ["169.254.20.10"] },
    {
      nodeLocalDns: "or name its ConfigMap with dns.nodeLocalConfigMap",
      nodeLocalDnsCustom: "",
      nodeLocalStubDomains: "",
    },
  ],
  [
    "NodeLocal DNSCache that forwards everything, told in other ways",
    { nodeLocalDns: FORWARDING },
    { nodeLocalDnsCustom: "leave dns.nodeLocalDns out", nodeLocalStubDomains: "leave dns.nodeLocalDns out" },
  ],
  [
    "EKS add-on",
    { version: "v1.33.5-eks-ba24e9c", coredns: configMap(COREFILES.kubeadm!, "eks", "Apply") },
    { coredns: 'dns.mode: "manual"; npx k8s-egress dns print --for eks' },
  ],
  ["EKS self-managed", { version: "v1.33.5-eks-ba24e9c", coredns: KUBEADM }, { coredns: "" }],
  [
    "EKS Auto Mode",
    { version: "v1.33.5-eks-ba24e9c", hasPods: false },
    { coredns: 'dns.mode: "none"', corednsCustom: 'dns.mode: "none"', kubeDns: 'dns.mode: "none"' },
  ],
  [
    "GKE with kube-dns",
    { version: "v1.33.5-gke.1080000", kubeDns: STUB_DOMAINS },
    { coredns: 'dns.target: "kubeDns"', corednsCustom: 'dns.target: "kubeDns"', kubeDns: "" },
  ],
  [
    "GKE with kube-dns and NodeLocal DNSCache, which reads stubDomains",
    { version: "v1.33.5-gke.1080000", kubeDns: STUB_DOMAINS, nodeLocalDns: NODE_LOCAL },
    { kubeDns: "" },
  ],
  [
    "GKE with Cloud DNS, or Autopilot",
    { version: "v1.33.5-gke.1080000", kubeDns: STUB_DOMAINS, hasPods: false },
    { coredns: 'dns.mode: "none"', kubeDns: 'dns.mode: "none"' },
  ],
  [
    "RKE2",
    { version: "v1.33.5+rke2r1", rke2: KUBEADM },
    { coredns: 'dns.mode: "manual"; npx k8s-egress dns print --for rke2', kubeDns: 'dns.mode: "manual"' },
  ],
  [
    "OpenShift",
    { groups: ["operator.openshift.io"] },
    {
      coredns: 'dns.target: "openshift"',
      corednsCustom: 'dns.target: "openshift"',
      kubeDns: 'dns.target: "openshift"',
      openshift: "",
    },
  ],
  [
    "NodeLocal DNSCache beside CoreDNS",
    { coredns: KUBEADM, nodeLocalDns: NODE_LOCAL },
    { coredns: "dns.nodeLocalDns: true", nodeLocalDns: "" },
  ],
  [
    "NodeLocal DNSCache beside an imported ConfigMap",
    { coredns: K3S, nodeLocalDns: NODE_LOCAL },
    { corednsCustom: "dns.nodeLocalDns: true" },
  ],
  [
    "NodeLocal DNSCache that forwards everything to CoreDNS, as kops can",
    { coredns: KUBEADM, nodeLocalDns: FORWARDING },
    { coredns: "", nodeLocalDns: "leave dns.nodeLocalDns out" },
  ],
  [
    "NodeLocal DNSCache that is deployed, but not what pods query",
    { coredns: KUBEADM, nodeLocalDns: NODE_LOCAL, resolvers: ["10.43.0.10"] },
    {
      coredns: "",
      nodeLocalDns: "answers at 169.254.20.10 and 10.96.0.10, but this pod queries 10.43.0.10",
    },
  ],
  [
    "NodeLocal DNSCache with node-cache's placeholders",
    {
      coredns: KUBEADM,
      nodeLocalDns: configMap(
        COREFILES["NodeLocal, bound to an address"]!.replaceAll("169.254.20.10", "__PILLAR__LOCAL__DNS__"),
      ),
      resolvers: ["10.43.0.10"],
    },
    { coredns: "dns.nodeLocalDns: true", nodeLocalDns: "" },
  ],
  ["a DNS of somebody's own", {}, { coredns: 'dns.mode: "manual"', corednsCustom: 'dns.mode: "manual"' }],
  ["no DNS at all", { hasPods: false }, { coredns: 'dns.mode: "none"' }],
  [
    "a Corefile that can't be read: said where it is edited",
    { coredns: configMap(".:53 {") },
    { coredns: "" },
  ],
];

describe("the setting that fits a cluster", () => {
  for (const [name, cluster, told] of clusters) {
    for (const [kind, expected] of Object.entries(told) as [TargetKind, string][]) {
      it(`${name}, with the target ${kind}`, () => {
        const text = advice(specFor(kind), { ...NOTHING, ...cluster });
        if (expected === "") assert.equal(text, undefined);
        else assert.ok(text?.includes(expected), text);
      });
    }
  }

  it("is no other one for a cluster's DNS behind a cache that is told too", () => {
    const spec = specFor("coredns", { behindCache: true });
    assert.equal(advice(spec, { ...NOTHING, coredns: KUBEADM, nodeLocalDns: NODE_LOCAL }), undefined);
  });
});
