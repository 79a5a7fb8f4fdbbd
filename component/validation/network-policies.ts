import type { EgressProxyArgs } from "../args/egress-proxy";
import type { ClusterDns, Monitoring, NetworkPolicies } from "../args/network-policies";
import { checkBoolean, checkInteger, checkObject, isRecord, type Unchecked } from "./checks/checks";
import {
  checkAddresses,
  checkCidr,
  checkList,
  checkOptionalList,
  checkNamespaceName,
  checkNamespaceNames,
} from "./checks/lists";
import { isDeferred, type Problems, show } from "./checks/problems";

const PORT = { min: 1, max: 65_535, example: 6443 };

/** Adds a problem for everything that is wrong with `networkPolicies` and `monitoring`. */
export function checkNetworkPolicies(args: EgressProxyArgs, problems: Problems): void {
  const { networkPolicies: given, monitoring } = args;
  const path = "networkPolicies";
  if (given !== undefined && !isDeferred(given)) {
    const keys: (keyof NetworkPolicies)[] = [
      "enabled",
      "clusterDns",
      "dnsAddresses",
      "nodeCidrs",
      "apiServerCidrs",
      "apiServerPorts",
    ];
    const policies = checkObject(given, path, keys, "{ enabled: false }", problems);
    if (policies) checkMembers(policies, path, problems);
  }
  if (monitoring !== undefined && !isDeferred(monitoring)) checkMonitoring(monitoring, given, problems);
}

function checkMembers(policies: Unchecked, path: string, problems: Problems): void {
  const { enabled, clusterDns, dnsAddresses, nodeCidrs, apiServerCidrs, apiServerPorts } = policies;
  checkBoolean(enabled, `${path}.enabled`, problems);
  if (enabled === false) {
    for (const [key, value] of Object.entries(policies)) {
      if (key === "enabled" || value === undefined) continue;
      problems.add(`${path}.${key}`, `means nothing while ${path}.enabled is false; leave it out`);
    }
    return;
  }
  if (clusterDns !== undefined) checkClusterDns(clusterDns, `${path}.clusterDns`, problems);
  checkAddresses(dnsAddresses, `${path}.dnsAddresses`, problems);
  // None of the nodes' is the default. None of the API server's would cut the controller off.
  const lists = [
    ["nodeCidrs", nodeCidrs, checkOptionalList],
    ["apiServerCidrs", apiServerCidrs, checkList],
  ] as const;
  for (const [key, cidrs, check] of lists) {
    check(cidrs, `${path}.${key}`, `["10.20.0.0/16"]`, problems, (cidr, at) => checkCidr(cidr, at, problems));
  }
  checkList(apiServerPorts, `${path}.apiServerPorts`, "[6443]", problems, (port, at) =>
    checkInteger(port, at, PORT, problems),
  );
}

function checkClusterDns(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof ClusterDns)[] = ["namespace", "podLabels", "ports"];
  const dns = checkObject(value, path, keys, `{ namespace: "openshift-dns" }`, problems);
  if (!dns) return;
  if (dns.namespace !== undefined) checkNamespaceName(dns.namespace, `${path}.namespace`, problems);
  checkList(dns.ports, `${path}.ports`, "[10053]", problems, (port, at) =>
    checkInteger(port, at, PORT, problems),
  );
  const { podLabels } = dns;
  if (podLabels === undefined) return;
  if (
    !isRecord(podLabels) ||
    Object.keys(podLabels).length === 0 ||
    Object.values(podLabels).some((label) => typeof label !== "string")
  ) {
    problems.add(
      `${path}.podLabels`,
      `is ${show(podLabels)}; give at least one label with its value, such as { "k8s-app": "kube-dns" }`,
    );
  }
}

function checkMonitoring(value: unknown, policies: unknown, problems: Problems): void {
  const keys: (keyof Monitoring)[] = ["namespaces"];
  const monitoring = checkObject(value, "monitoring", keys, `{ namespaces: ["monitoring"] }`, problems);
  if (!monitoring) return;
  if (isRecord(policies) && policies.enabled === false) {
    problems.add("monitoring", "means nothing while networkPolicies.enabled is false; leave it out");
  }
  checkNamespaceNames(monitoring.namespaces, "monitoring.namespaces", `["monitoring"]`, problems);
}
