import { DnsMode, DnsTarget, NodeLocalFormat } from "../args/dns";
import { checkObject, checkOneOf, isRecord, type Unchecked } from "./checks/checks";
import { isDeferred, type Problems, show } from "./checks/problems";
import { isLabel, MAX_NAMESPACE_LENGTH } from "./values/label";

const KEYS = ["name", "namespace", "key", "corefile"];

/**
 * It is part of the removal gate's name, which may have 253 characters: up to 63 are the controller's namespace's, 51 the
 * instance's, 63 the ConfigMap's namespace's, and 25 distinguish the kind and the key or join these.
 */
const MAX_NAME_LENGTH = 51;

/** Checks the ConfigMaps and the Service of the cluster's DNS; `mode` and `target` are checked elsewhere. */
export function checkConfigMaps(dns: Unchecked, problems: Problems): void {
  const { mode, target, configMap, service, nodeLocalDns, nodeLocalConfigMap } = dns;
  if (mode !== undefined && mode !== DnsMode.StubDomain) return;
  if (configMap !== undefined && (target === DnsTarget.Openshift || target === DnsTarget.NodeLocalDns)) {
    problems.add("dns.configMap", `means nothing with the target ${show(target)}; leave it out`);
  } else {
    checkConfigMap(configMap, "dns.configMap", target === DnsTarget.CorednsCustom, problems);
  }
  checkName(service, "dns.service", "kube-dns", problems);
  if (service !== undefined && target === DnsTarget.NodeLocalDns) {
    problems.add("dns.service", `means nothing with the target ${show(target)}; leave it out`);
  }
  if (nodeLocalConfigMap !== undefined && nodeLocalDns !== true && target !== DnsTarget.NodeLocalDns) {
    problems.add("dns.nodeLocalConfigMap", "means nothing without dns.nodeLocalDns: true; add that");
    return;
  }
  checkNodeLocal(dns, problems);
}

function checkNodeLocal(dns: Unchecked, problems: Problems): void {
  const { target, configMap, nodeLocalDns, nodeLocalConfigMap } = dns;
  const path = "dns.nodeLocalConfigMap";
  const format = isRecord(nodeLocalConfigMap) ? nodeLocalConfigMap.format : undefined;
  checkOneOf(format, `${path}.format`, Object.values(NodeLocalFormat), problems);
  const isWhole = format === undefined || format === NodeLocalFormat.Corefile;
  checkConfigMap(nodeLocalConfigMap, path, !isWhole, problems, ["format"]);
  if (nodeLocalDns !== true || target === DnsTarget.KubeDns) return;
  const [name, other] = [nodeLocalConfigMap, configMap].map((one) => (isRecord(one) ? one.name : undefined));
  const usual = target === DnsTarget.CorednsCustom ? "coredns-custom" : "coredns";
  if (name !== undefined && name === (other ?? usual)) {
    problems.add(`${path}.name`, `${show(name)} is the ConfigMap of dns.target too; name the cache's own`);
  }
}

/** @param isImported whether a Corefile may be named that imports it, or stands beside it */
function checkConfigMap(
  value: unknown,
  path: string,
  isImported: boolean,
  problems: Problems,
  more: readonly string[] = [],
): void {
  if (value === undefined || isDeferred(value)) return;
  const object = checkObject(value, path, [...KEYS, ...more], '{ name: "coredns" }', problems);
  if (!object) return;
  checkName(object.name, `${path}.name`, "coredns", problems);
  checkName(object.corefile, `${path}.corefile`, "coredns", problems);
  if (object.corefile !== undefined && !isImported) {
    problems.add(`${path}.corefile`, "is for a ConfigMap that a Corefile imports; leave it out");
  }
  const { namespace, key } = object;
  if (namespace !== undefined && !isDeferred(namespace) && !isLabel(namespace, MAX_NAMESPACE_LENGTH)) {
    problems.add(
      `${path}.namespace`,
      `${show(namespace)} is not a namespace's name; give one, such as "kube-system"`,
    );
  }
  // Source: IsConfigMapKey in Kubernetes' apimachinery.
  const isKey = typeof key === "string" && /^[\w.-]{1,253}$/.test(key) && !/^\.\.?$|^\.\./.test(key);
  if (key !== undefined && !isDeferred(key) && !isKey) {
    problems.add(`${path}.key`, `${show(key)} is not a ConfigMap's key; give one, such as "Corefile"`);
  }
}

function checkName(value: unknown, path: string, example: string, problems: Problems): void {
  if (value === undefined || isDeferred(value)) return;
  const label = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
  const isName =
    typeof value === "string" &&
    value.length <= MAX_NAME_LENGTH &&
    new RegExp(`^${label}(\\.${label})*$`).test(value);
  if (!isName) {
    problems.add(
      path,
      `${show(value)} is not an object's name of at most ${MAX_NAME_LENGTH} characters; give one, such as "${example}"`,
    );
  }
}
