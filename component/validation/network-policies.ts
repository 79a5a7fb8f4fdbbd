import type { EgressProxyArgs } from "../args/egress-proxy";
import type { ClusterDns, NetworkPolicies } from "../args/network-policies";
import { checkBoolean, checkInteger, checkObject, isRecord, type Unchecked } from "./checks/checks";
import { checkAddresses, checkCidr, checkList, checkNamespaceName } from "./checks/lists";
import { isDeferred, type Problems, show } from "./checks/problems";

const PORT = { min: 1, max: 65_535, example: 6443 };

/** Adds a problem for every error in `networkPolicies`. */
export function checkNetworkPolicies(args: EgressProxyArgs, problems: Problems): void {
  const { networkPolicies: given } = args;
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
  const noApiServer = "without one the stub domain's controller could not reach the API server at all";
  checkCidrs(nodeCidrs, `${path}.nodeCidrs`, problems);
  checkCidrs(
    apiServerCidrs,
    `${path}.apiServerCidrs`,
    problems,
    `${noApiServer}; left out, it may reach any address`,
  );
  checkPorts(
    apiServerPorts,
    `${path}.apiServerPorts`,
    "[6443]",
    problems,
    `${noApiServer}; left out, it may use 443 and 6443`,
  );
}

function checkCidrs(value: unknown, path: string, problems: Problems, whyNotEmpty?: string): void {
  const check = (cidr: unknown, at: string) => checkCidr(cidr, at, problems);
  checkList(value, path, `["10.20.0.0/16"]`, problems, check, whyNotEmpty);
}

function checkPorts(
  value: unknown,
  path: string,
  example: string,
  problems: Problems,
  whyNotEmpty: string,
): void {
  const check = (port: unknown, at: string) => checkInteger(port, at, PORT, problems);
  checkList(value, path, example, problems, check, whyNotEmpty);
}

function checkClusterDns(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof ClusterDns)[] = ["namespace", "podLabels", "ports"];
  const dns = checkObject(value, path, keys, `{ namespace: "openshift-dns" }`, problems);
  if (!dns) return;
  if (dns.namespace !== undefined) checkNamespaceName(dns.namespace, `${path}.namespace`, problems);
  checkPorts(
    dns.ports,
    `${path}.ports`,
    "[10053]",
    problems,
    "without one the pods could resolve nothing; left out, they may use 53, 5353 and 8053",
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
