import type { EgressProxyArgs } from "../args";
import { DnsMode, LogLevel, MeshMode } from "../args";
import { compilePolicy, policyText } from "../policy";
import { DEFAULT_CLUSTER_DOMAIN, DEFAULT_DOMAIN, settingsOf } from "../settings";
import {
  checkDuration,
  checkInteger,
  checkKnownKeys,
  checkObject,
  checkOneOf,
  isRecord,
  type Unchecked,
} from "./checks";
import { checkCredentials, credentialNames } from "./credentials";
import { isWithin, nameProblem } from "./host";
import { isDeferred, Problems, show } from "./problems";
import { sharedSuffixReason } from "./public-suffix";
import { checkUpstreams } from "./upstreams";

/** RFC 1123 label, what Kubernetes asks of a namespace. */
const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const MAX_NAMESPACE_LENGTH = 63;
/** Leaves room behind the name: `egress-policy-` and a hash of 12 digits. */
const MAX_RESOURCE_NAME_LENGTH = 40;

const KNOWN_KEYS: ReadonlySet<string> = new Set<keyof EgressProxyArgs>([
  "upstreams",
  "credentials",
  "domain",
  "namespace",
  "createNamespace",
  "image",
  "build",
  "imagePullSecrets",
  "replicas",
  "resources",
  "labels",
  "podAnnotations",
  "nodeSelector",
  "tolerations",
  "priorityClassName",
  "drain",
  "mesh",
  "dns",
  "log",
]);

/** Kubernetes' limit for a ConfigMap, 1 MiB, less its keys and metadata. */
const MAX_POLICY_BYTES = 1_040_000;

/** Below these a stub domain would take reverse look-ups or the root from the cluster. */
const RESERVED_DOMAINS = ["arpa"];

/** Everything that is wrong with the name and the arguments of an EgressProxy. Pure. */
export function checkArguments(name: string, args: EgressProxyArgs): Problems {
  const problems = new Problems();
  if (!isLabel(name, MAX_RESOURCE_NAME_LENGTH)) {
    problems.add(
      "name",
      `${show(name)} becomes part of Kubernetes names; use at most ${MAX_RESOURCE_NAME_LENGTH} lower-case letters, digits and inner hyphens, such as "egress"`,
    );
  }
  if (!isRecord(args)) {
    problems.add("args", `is ${show(args)}; give { upstreams: [...], build: { repository } }`);
    return problems;
  }
  const deferred = findDeferred(args);
  for (const path of deferred) problems.addDeferred(path);
  checkKnownKeys(args, KNOWN_KEYS, "", problems);
  const domain = checkDomain(args, problems);
  if (!deferred.includes("upstreams")) {
    const mesh = args.mesh?.mode ?? MeshMode.Required;
    const credentials = credentialNames(args.credentials);
    const clusterDomain = clusterDomainOf(args);
    checkUpstreams(args.upstreams, { name, domain, clusterDomain, mesh, credentials }, problems);
    checkCredentials(args.credentials, args.upstreams, problems);
  }
  checkNamespace(args, problems);
  checkImage(args, problems);
  checkReplicas(args.replicas, problems);
  checkResources(args.resources, "resources", problems);
  checkPodArguments(args, problems);
  if (args.drain !== undefined && !isDeferred(args.drain)) {
    checkDuration(args.drain, "drain", { min: 1_000, max: 3_600_000, range: "1s to 1h" }, problems);
  }
  checkMesh(args, problems);
  checkDns(args, problems);
  checkLog(args, problems);
  if (!problems.any) checkPolicySize(args, problems);
  return problems;
}

function checkPolicySize(args: EgressProxyArgs, problems: Problems): void {
  const bytes = Buffer.byteLength(policyText(compilePolicy(settingsOf(args))));
  if (bytes <= MAX_POLICY_BYTES) return;
  problems.add(
    "upstreams",
    `make a policy of ${bytes} bytes; a ConfigMap holds ${MAX_POLICY_BYTES}: share or shorten caCertificates, or split them over several EgressProxy`,
  );
}

function checkDomain({ domain = DEFAULT_DOMAIN, dns }: EgressProxyArgs, problems: Problems): string {
  if (isDeferred(domain)) return DEFAULT_DOMAIN;
  const problem =
    typeof domain === "string"
      ? nameProblem(domain, "egress.local")
      : `is ${show(domain)}; give a domain such as "egress.local"`;
  if (problem) {
    problems.add("domain", problem);
    return DEFAULT_DOMAIN;
  }
  const wrong = domainProblem(domain, clusterDomainOf({ dns }));
  if (wrong) problems.add("domain", `${show(domain)} ${wrong}, such as "egress.local"`);
  return domain;
}

function clusterDomainOf({ dns }: Pick<EgressProxyArgs, "dns">): string {
  return typeof dns?.clusterDomain === "string" ? dns.clusterDomain : DEFAULT_CLUSTER_DOMAIN;
}

function domainProblem(domain: string, clusterDomain: string): string | undefined {
  if (!domain.includes(".")) {
    return "is a single label, which clients complete with search domains; give at least two";
  }
  if (isWithin(domain, clusterDomain) || isWithin(clusterDomain, domain)) {
    return `would capture names of the cluster (${show(clusterDomain)}); choose another`;
  }
  if (RESERVED_DOMAINS.some((reserved) => isWithin(domain, reserved))) {
    return "would capture reverse look-ups; choose another";
  }
  const shared = sharedSuffixReason(domain);
  return shared && `would capture names of others, because ${shared}; choose another`;
}

function checkNamespace({ namespace, createNamespace }: EgressProxyArgs, problems: Problems): void {
  if (namespace !== undefined && !isDeferred(namespace) && !isLabel(namespace, MAX_NAMESPACE_LENGTH)) {
    problems.add(
      "namespace",
      `${show(namespace)} is not a namespace's name; use at most ${MAX_NAMESPACE_LENGTH} lower-case letters, digits and inner hyphens, such as "egress"`,
    );
  }
  if (createNamespace !== undefined && typeof createNamespace !== "boolean" && !isDeferred(createNamespace)) {
    problems.add("createNamespace", `is ${show(createNamespace)}; give true or false`);
  }
  if (namespace === "kube-system") {
    problems.add(
      "namespace",
      `"kube-system" is never injected by the mesh; use a namespace of its own, such as "egress"`,
    );
  }
}

const BUILD_EXAMPLE = `build: { repository: "registry.example.com/platform/egress-proxy" }`;

function checkImage({ image, build }: EgressProxyArgs, problems: Problems): void {
  if (image === undefined && build === undefined) {
    problems.add(
      "build",
      `neither \`build\` nor \`image\` is given; say where to push, as in ${BUILD_EXAMPLE}`,
    );
  }
  if (image !== undefined && build !== undefined) {
    problems.add(
      "image",
      "stands with `build`; leave one out: `image` takes a ready image, `build` makes one",
    );
  }
  if (image !== undefined) checkByDigest(image, "image", problems);
  if (build === undefined || isDeferred(build)) return;
  if (!isRecord(build)) {
    problems.add("build", `is ${show(build)}; write it as in ${BUILD_EXAMPLE}`);
    return;
  }
  checkKnownKeys(build, new Set(["repository", "registry", "platform", "baseImage"]), "build", problems);
  const { repository, registry, platform, baseImage }: Unchecked = build;
  checkRepository(repository, problems);
  if (platform !== undefined && !isDeferred(platform) && !isPlatform(platform)) {
    problems.add(
      "build.platform",
      `${show(platform)} is not a platform; write os/architecture, such as "linux/arm64"`,
    );
  }
  if (baseImage !== undefined) checkByDigest(baseImage, "build.baseImage", problems);
  if (registry !== undefined && !isDeferred(registry)) {
    if (isRecord(registry))
      checkKnownKeys(registry, new Set(["server", "username", "password"]), "build.registry", problems);
    for (const key of ["server", "username", "password"] as const) {
      if (!isRecord(registry) || registry[key] === undefined || registry[key] === "") {
        problems.add(
          `build.registry.${key}`,
          `is missing; a login is { server: "registry.example.com", username, password }`,
        );
      }
    }
  }
}

function checkRepository(repository: unknown, problems: Problems): void {
  if (isDeferred(repository)) return;
  if (typeof repository !== "string" || repository === "") {
    problems.add("build.repository", `is ${show(repository)}; write it as in ${BUILD_EXAMPLE}`);
  } else if (/^[a-z]+:\/\//.test(repository)) {
    problems.add("build.repository", `${show(repository)} has a scheme; write it as in ${BUILD_EXAMPLE}`);
  } else if (repository.includes("@") || /:[^/]*$/.test(repository)) {
    problems.add(
      "build.repository",
      `${show(repository)} has a tag or digest, which the component chooses; write it as in ${BUILD_EXAMPLE}`,
    );
  } else if (!/^[a-z0-9]([a-zA-Z0-9.-]*)(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(repository)) {
    problems.add(
      "build.repository",
      `${show(repository)} is not a repository's name; write it as in ${BUILD_EXAMPLE}`,
    );
  }
}

function isPlatform(platform: unknown): boolean {
  return typeof platform === "string" && /^[a-z0-9]+\/[a-z0-9]+(\/v\d+)?$/.test(platform);
}

/** An Output can't be looked into before the program runs; whoever computes a reference owns its form. */
function checkByDigest(reference: unknown, path: string, problems: Problems): void {
  if (isDeferred(reference)) return;
  if (typeof reference !== "string" || !/^[^\s@]+@sha256:[0-9a-f]{64}$/.test(reference)) {
    problems.add(
      path,
      `${show(reference)} is not an image by digest, so what runs could change unseen; write "registry.example.com/name@sha256:" and 64 hexadecimal digits`,
    );
  }
}

function checkReplicas(replicas: unknown, problems: Problems): void {
  if (replicas === undefined || isDeferred(replicas)) return;
  if (!Number.isInteger(replicas) || (replicas as number) < 1 || (replicas as number) > 1_000) {
    problems.add("replicas", `is ${show(replicas)}; give an integer from 1 to 1000, such as 2`);
  }
}

function checkResources(value: unknown, path: string, problems: Problems): void {
  if (value === undefined) return;
  const example = `{ requests: { cpu: "100m" }, limits: { memory: "256Mi" } }`;
  const resources = checkObject(value, path, ["requests", "limits"], example, problems);
  for (const part of ["requests", "limits"]) {
    if (resources?.[part] !== undefined)
      checkObject(resources[part], `${path}.${part}`, ["cpu", "memory"], example, problems);
  }
}

function checkPodArguments(args: EgressProxyArgs, problems: Problems): void {
  for (const key of ["labels", "podAnnotations", "nodeSelector"] as const)
    checkTextMap(args[key], key, problems);
  checkEach(
    args.imagePullSecrets,
    "imagePullSecrets",
    `names of Secrets, such as ["registry"]`,
    isText,
    problems,
  );
  checkEach(
    args.tolerations,
    "tolerations",
    `tolerations, such as [{ operator: "Exists" }]`,
    isRecord,
    problems,
  );
  const { priorityClassName } = args;
  if (priorityClassName !== undefined && !isDeferred(priorityClassName) && !isText(priorityClassName)) {
    problems.add(
      "priorityClassName",
      `is ${show(priorityClassName)}; give a name, such as "system-cluster-critical"`,
    );
  }
}

function checkTextMap(value: unknown, path: string, problems: Problems): void {
  if (value === undefined || isDeferred(value)) return;
  if (
    !isRecord(value) ||
    !Object.values(value).every((item) => isDeferred(item) || typeof item === "string")
  ) {
    problems.add(path, `is ${show(value)}; give texts by name, such as { team: "platform" }`);
  }
}

function checkEach(
  value: unknown,
  path: string,
  right: string,
  accepts: (item: unknown) => boolean,
  problems: Problems,
): void {
  if (value === undefined || isDeferred(value)) return;
  if (!Array.isArray(value) || !value.every((item) => isDeferred(item) || accepts(item))) {
    problems.add(path, `is ${show(value)}; give a list of ${right}`);
  }
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function checkMesh({ mesh }: EgressProxyArgs, problems: Problems): void {
  if (mesh === undefined || isDeferred(mesh)) return;
  if (!isRecord(mesh)) {
    problems.add("mesh", `is ${show(mesh)}; write it as in { mode: "required" }`);
    return;
  }
  checkKnownKeys(mesh, new Set(["mode", "trustDomain", "controlPlaneNamespace"]), "mesh", problems);
  const { trustDomain, controlPlaneNamespace } = mesh;
  for (const [key, name] of Object.entries({ trustDomain, controlPlaneNamespace })) {
    if (name === undefined || isDeferred(name)) continue;
    if (mesh.mode !== undefined && mesh.mode !== MeshMode.Required) {
      problems.add(`mesh.${key}`, `means nothing while mesh.mode is ${show(mesh.mode)}; leave it out`);
      continue;
    }
    const problem =
      typeof name === "string" ? nameProblem(name, "cluster.local") : `is ${show(name)}; give a name`;
    if (problem) problems.add(`mesh.${key}`, problem);
  }
  checkOneOf(mesh.mode, "mesh.mode", Object.values(MeshMode), problems);
}

function checkDns({ dns }: EgressProxyArgs, problems: Problems): void {
  if (dns === undefined || isDeferred(dns)) return;
  if (!isRecord(dns)) {
    problems.add("dns", `is ${show(dns)}; write it as in { mode: "manual" }`);
    return;
  }
  checkKnownKeys(
    dns,
    new Set(["mode", "clusterDomain", "image", "resources", "controllerNamespace"]),
    "dns",
    problems,
  );
  checkOneOf(dns.mode, "dns.mode", Object.values(DnsMode), problems);
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

function checkLog({ log }: EgressProxyArgs, problems: Problems): void {
  if (log === undefined || isDeferred(log)) return;
  if (!isRecord(log)) {
    problems.add("log", `is ${show(log)}; write it as in { level: "info" }`);
    return;
  }
  checkKnownKeys(log, new Set(["level", "percent"]), "log", problems);
  checkInteger(log.percent, "log.percent", { min: 0, max: 100, example: 10 }, problems);
  checkOneOf(log.level, "log.level", Object.values(LogLevel), problems);
}

function isLabel(name: unknown, maxLength: number): boolean {
  return typeof name === "string" && name.length <= maxLength && LABEL.test(name);
}

/** Arguments that Pulumi resolves later, as it may: everything typed Input. */
const MAY_BE_DEFERRED = [
  /^image(PullSecrets.*)?$/,
  /^(replicas|priorityClassName)$/,
  /^(labels|podAnnotations|nodeSelector|tolerations)\b/,
  /^credentials\.[^.]+\.(value|secretName|key)$/,
  /^build\.(repository|baseImage|registry\.\w+)$/,
  /^dns\.image$/,
  /^(dns\.)?resources\.\w+\.\w+$/,
];

/** Paths of Outputs and promises where a plain value belongs. */
function findDeferred(value: unknown, path = ""): string[] {
  if (isDeferred(value)) return MAY_BE_DEFERRED.some((pattern) => pattern.test(path)) ? [] : [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => findDeferred(item, `${path}[${index}]`));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    findDeferred(item, path === "" ? key : `${path}.${key}`),
  );
}
