import { DnsMode, DnsTarget } from "../args/dns";
import type { EgressProxyArgs } from "../args/egress-proxy";
import { checkBoolean, checkKnownKeys, checkOneOf, isRecord, type Unchecked } from "./checks/checks";
import { nameProblem } from "./values/host";
import { checkConfigMaps } from "./dns-config-map";
import { checkByDigest } from "./image";
import { isLabel, MAX_NAMESPACE_LENGTH } from "./values/label";
import { checkResources } from "./pods";
import { isDeferred, type Problems, show } from "./checks/problems";

export function checkDns({ dns }: EgressProxyArgs, problems: Problems): void {
  if (dns === undefined || isDeferred(dns)) return;
  if (!isRecord(dns)) {
    problems.add("dns", `is ${show(dns)}; write it as in { mode: "manual" }`);
    return;
  }
  checkKnownKeys(
    dns,
    new Set([
      "mode",
      "target",
      "configMap",
      "service",
      "nodeLocalDns",
      "nodeLocalConfigMap",
      "clusterDomain",
      "image",
      "resources",
      "controllerNamespace",
    ]),
    "dns",
    problems,
  );
  checkOneOf(dns.mode, "dns.mode", Object.values(DnsMode), problems);
  checkTarget(dns, problems);
  checkConfigMaps(dns, problems);
  const { clusterDomain, image } = dns;
  if (clusterDomain !== undefined && !isDeferred(clusterDomain)) {
    const problem =
      typeof clusterDomain === "string"
        ? nameProblem(clusterDomain, "cluster.local")
        : `is ${show(clusterDomain)}`;
    if (problem) problems.add("dns.clusterDomain", problem);
  }
  if (image !== undefined) checkByDigest(image, "dns.image", problems);
  checkResources(dns.resources, "dns.resources", problems);
  if (dns.mode === DnsMode.None) {
    for (const key of ["image", "resources"]) {
      if (dns[key] !== undefined)
        problems.add(`dns.${key}`, `means nothing while dns.mode is "none"; leave it out`);
    }
  }
  checkControllerNamespace(dns, problems);
}

function checkTarget(dns: Unchecked, problems: Problems): void {
  const { target, nodeLocalDns, mode } = dns;
  checkOneOf(target, "dns.target", Object.values(DnsTarget), problems);
  if (!isDeferred(nodeLocalDns)) checkBoolean(nodeLocalDns, "dns.nodeLocalDns", problems);
  if (mode !== undefined && mode !== DnsMode.StubDomain) {
    for (const key of ["target", "configMap", "service", "nodeLocalDns", "nodeLocalConfigMap"]) {
      if (dns[key] !== undefined) {
        problems.add(`dns.${key}`, `means nothing while dns.mode is ${show(mode)}; leave it out`);
      }
    }
  } else if (nodeLocalDns === true && target === DnsTarget.KubeDns) {
    problems.add(
      "dns.nodeLocalDns",
      "would serve the domain twice, which node-cache refuses: it reads kube-dns' stubDomains by itself; leave it out",
    );
  } else if (nodeLocalDns === true && target === DnsTarget.Openshift) {
    problems.add("dns.nodeLocalDns", "is not for OpenShift, whose own DNS runs on every node; leave it out");
  } else if (nodeLocalDns !== undefined && target === DnsTarget.NodeLocalDns) {
    problems.add("dns.nodeLocalDns", "is what dns.target says; leave it out");
  }
}

function checkControllerNamespace({ controllerNamespace, mode }: Unchecked, problems: Problems): void {
  if (controllerNamespace === undefined || isDeferred(controllerNamespace)) return;
  if (mode !== undefined && mode !== DnsMode.StubDomain) {
    problems.add("dns.controllerNamespace", `means nothing while dns.mode is ${show(mode)}; leave it out`);
  } else if (!isLabel(controllerNamespace, MAX_NAMESPACE_LENGTH)) {
    problems.add(
      "dns.controllerNamespace",
      `${show(controllerNamespace)} is not a namespace's name; give one, such as "egress-stub-domain"`,
    );
  }
}
