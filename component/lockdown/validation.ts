import { parseCidr } from "../cidr";
import {
  checkBoolean,
  checkInteger,
  checkKnownKeys,
  checkObject,
  checkOneOf,
  isRecord,
} from "../validation/checks/checks";
import { findDeferred } from "../validation/checks/deferred";
import { isLabel } from "../validation/values/label";
import {
  checkAddresses,
  checkCidr,
  checkList,
  checkNamespaceName,
  checkNamespaceNames,
} from "../validation/checks/lists";
import { checkEach, checkTextMap, isText } from "../validation/pods";
import { isDeferred, Problems, show } from "../validation/checks/problems";
import type { LockdownSettings } from "./settings";
import { type Destination, type EgressLockdownArgs, type LockdownMesh, LockdownMode } from "../args/lockdown";

/** Leaves room in a Kubernetes name for what follows it. */
const MAX_NAME_LENGTH = 40;

const KNOWN_KEYS: ReadonlySet<string> = new Set<keyof EgressLockdownArgs>([
  "namespaces",
  "mode",
  "proxyNamespace",
  "destinations",
  "dnsAddresses",
  "mesh",
  "admissionPolicy",
  "auditedNamespaces",
  "labels",
]);

const PORT = { min: 1, max: 65_535, example: 443 };
const UID = { min: 1, max: 2 ** 31 - 1, example: 2102 };

/** Every error in the name and the arguments of an EgressLockdown. Pure. */
export function checkLockdown(name: string, args: EgressLockdownArgs): Problems {
  const problems = new Problems();
  if (!isLabel(name, MAX_NAME_LENGTH)) {
    problems.add(
      "name",
      `${show(name)} becomes a Kubernetes name; use at most ${MAX_NAME_LENGTH} lower-case letters, digits and inner hyphens, such as "lockdown"`,
    );
  }
  if (!isRecord(args)) {
    problems.add("args", `is ${show(args)}; give { namespaces: ["shop"] }`);
    return problems;
  }
  for (const path of findDeferred(args)) problems.addDeferred(path);
  checkKnownKeys(args, KNOWN_KEYS, "", problems);
  checkNamespaceNames(
    args.namespaces,
    "namespaces",
    `["shop"]`,
    problems,
    "without one nothing is locked down",
  );
  checkOneOf(args.mode, "mode", Object.values(LockdownMode), problems);
  if (args.proxyNamespace !== undefined) checkNamespaceName(args.proxyNamespace, "proxyNamespace", problems);
  checkOpenNamespaces(args, problems);
  checkList(
    args.destinations,
    "destinations",
    `[{ cidr: "10.20.0.5/32", ports: [5432] }]`,
    problems,
    (item, at) => checkDestination(item, at, problems),
  );
  checkAddresses(args.dnsAddresses, "dnsAddresses", problems);
  checkBoolean(args.admissionPolicy, "admissionPolicy", problems);
  checkTextMap(args.labels, "labels", problems);
  checkEach(
    args.auditedNamespaces,
    "auditedNamespaces",
    "namespaces, best the EgressProxy's own output auditedNamespaces",
    isText,
    problems,
  );
  if (args.mesh !== undefined && !isDeferred(args.mesh)) checkMesh(args, problems);
  return problems;
}

/** Namespaces whose clients an audit lets call any public host, although the lockdown is enforced. Pure. */
export function checkAudited({ mode, namespaces }: LockdownSettings, audited: readonly string[]): Problems {
  const problems = new Problems();
  if (mode !== LockdownMode.Enforce) return problems;
  namespaces.forEach((namespace, index) => {
    if (!audited.includes(namespace)) return;
    problems.add(
      `namespaces[${index}]`,
      `${show(namespace)} is in the EgressProxy's \`audit\`, which lets it out to any public host; take it out there, or give mode: "audit" here`,
    );
  });
  return problems;
}

/** Namespaces that must stay open, because all of the cluster's traffic out depends on them. */
function checkOpenNamespaces(
  { namespaces, proxyNamespace, mesh }: EgressLockdownArgs,
  problems: Problems,
): void {
  if (!Array.isArray(namespaces)) return;
  const reasons: [unknown, string][] = [
    ["kube-system", "holds the cluster's DNS, which asks resolvers outside"],
    [mesh?.controlPlaneNamespace ?? "linkerd", "holds Linkerd's control plane, which asks the API server"],
    [proxyNamespace ?? "egress", "is the proxy's own (proxyNamespace), the way out of the others"],
  ];
  namespaces.forEach((namespace: unknown, index) => {
    const reason = reasons.find(([name]) => name === namespace)?.[1];
    if (reason) problems.add(`namespaces[${index}]`, `${show(namespace)} ${reason}; leave it out`);
  });
}

function checkDestination(value: unknown, path: string, problems: Problems): void {
  const keys: (keyof Destination)[] = ["cidr", "ports"];
  const destination = checkObject(value, path, keys, `{ cidr: "10.20.0.5/32", ports: [5432] }`, problems);
  if (!destination) return;
  const { cidr, ports } = destination;
  checkCidr(cidr, `${path}.cidr`, problems);
  if (typeof cidr === "string" && parseCidr(cidr)?.prefix === 0) {
    problems.add(
      `${path}.cidr`,
      `${show(cidr)} is everything, so nothing would be locked down; name a narrower range`,
    );
  }
  if (ports === undefined) problems.add(`${path}.ports`, "is missing; give a list, such as [5432]");
  checkList(
    ports,
    `${path}.ports`,
    "[5432]",
    problems,
    (port, at) => checkInteger(port, at, PORT, problems),
    "without a port nothing there can be reached, and the destination can be left out",
  );
}

function checkMesh({ mesh: value, admissionPolicy }: EgressLockdownArgs, problems: Problems): void {
  const keys: (keyof LockdownMesh)[] = [
    "enabled",
    "controlPlaneNamespace",
    "proxyUid",
    "proxyImage",
    "tlsRoutes",
  ];
  const mesh = checkObject(value, "mesh", keys, "{ enabled: false }", problems);
  if (!mesh) return;
  checkBoolean(mesh.enabled, "mesh.enabled", problems);
  if (mesh.enabled === false) {
    for (const key of Object.keys(mesh).filter((one) => one !== "enabled" && mesh[one] !== undefined))
      problems.add(`mesh.${key}`, "means nothing while mesh.enabled is false; leave it out");
    return;
  }
  if (mesh.controlPlaneNamespace !== undefined)
    checkNamespaceName(mesh.controlPlaneNamespace, "mesh.controlPlaneNamespace", problems);
  for (const key of ["proxyUid", "proxyImage"].filter((one) => mesh[one] !== undefined)) {
    if (admissionPolicy === false)
      problems.add(`mesh.${key}`, "means nothing while admissionPolicy is false; leave it out");
  }
  checkInteger(mesh.proxyUid, "mesh.proxyUid", UID, problems);
  checkBoolean(mesh.tlsRoutes, "mesh.tlsRoutes", problems);
  const { proxyImage } = mesh;
  // A tag would pin the version; a repository's name has no quotes.
  if (
    proxyImage !== undefined &&
    !(typeof proxyImage === "string" && /^[a-z0-9][a-z0-9./_-]*(:\d+\/[a-z0-9./_-]+)?$/.test(proxyImage))
  ) {
    problems.add(
      "mesh.proxyImage",
      `${show(proxyImage)} is no image without its tag; give one, such as "cr.l5d.io/linkerd/proxy"`,
    );
  }
}
