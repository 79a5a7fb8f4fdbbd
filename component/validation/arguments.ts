import type { EgressProxyArgs } from "../args/egress-proxy";
import { MeshMode } from "../args/mesh";
import { settingsOf } from "../settings";
import { checkAudit } from "./audit";
import { checkDuration, checkKnownKeys, isRecord } from "./checks/checks";
import { checkCredentials, credentialNames } from "./credentials";
import { findDeferred } from "./checks/deferred";
import { checkDns } from "./dns";
import { checkDomain, clusterDomainOf } from "./values/domain";
import { checkGitOps } from "./git-ops";
import { checkImage } from "./image";
import { isLabel, MAX_NAMESPACE_LENGTH } from "./values/label";
import { checkLog } from "./log";
import { checkMesh } from "./mesh";
import { checkMonitoring } from "./monitoring";
import { checkNetworkPolicies } from "./network-policies";
import { checkPodArguments, checkReplicas, checkResources } from "./pods";
import { isDeferred, Problems, show } from "./checks/problems";
import { checkRequestLimits } from "./request-limits";
import { checkSizes } from "./sizes";
import { checkTracing } from "./tracing";
import { checkUpstreams } from "./upstreams/upstreams";

/** Leaves room after the name: `egress-policy-` and a hash of 12 digits. */
const MAX_RESOURCE_NAME_LENGTH = 40;

const KNOWN_KEYS: ReadonlySet<string> = new Set<keyof EgressProxyArgs>([
  "upstreams",
  "credentials",
  "domain",
  "instance",
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
  "limits",
  "mesh",
  "dns",
  "log",
  "tracing",
  "audit",
  "networkPolicies",
  "monitoring",
  "gitOps",
]);

/**
 * Every error in the name and the arguments of an EgressProxy. Pure.
 *
 * @param now compared with `audit.until`; a day that was valid once stays valid
 */
export function checkArguments(name: string, args: EgressProxyArgs, now = new Date()): Problems {
  const problems = new Problems();
  if (!isRecord(args)) {
    checkInstance(name, "name", problems);
    problems.add("args", `is ${show(args)}; give { upstreams: [...], build: { repository } }`);
    return problems;
  }
  const deferred = findDeferred(args);
  for (const path of deferred) problems.addDeferred(path);
  checkKnownKeys(args, KNOWN_KEYS, "", problems);
  const { instance = name } = args;
  checkInstance(instance, args.instance === undefined ? "name" : "instance", problems);
  const domain = checkDomain(args, problems);
  if (!deferred.includes("upstreams")) {
    const mesh = args.mesh?.mode ?? MeshMode.Required;
    const credentials = credentialNames(args.credentials);
    const clusterDomain = clusterDomainOf(args);
    const audit = args.audit !== undefined;
    checkUpstreams(args.upstreams, { instance, domain, clusterDomain, mesh, credentials, audit }, problems);
    checkCredentials(args, problems);
  }
  checkTracing(args, credentialNames(args.credentials), problems);
  checkNamespace(args, problems);
  checkImage(args, problems);
  checkReplicas(args.replicas, problems);
  checkResources(args.resources, "resources", problems);
  checkPodArguments(args, problems);
  if (args.drain !== undefined && !isDeferred(args.drain)) {
    checkDuration(args.drain, "drain", { min: 1_000, max: 3_600_000, range: "1s to 1h" }, problems);
  }
  checkRequestLimits(args.limits, problems);
  checkMesh(args, problems);
  checkDns(args, problems);
  checkLog(args, problems);
  checkAudit(args, now, problems);
  checkNetworkPolicies(args, problems);
  checkMonitoring(args, problems);
  checkGitOps(args, problems);
  if (!problems.any) checkSizes(settingsOf(args), problems);
  return problems;
}

function checkInstance(value: unknown, path: "name" | "instance", problems: Problems): void {
  if (isLabel(value, MAX_RESOURCE_NAME_LENGTH)) return;
  problems.add(
    path,
    `${show(value)} becomes part of Kubernetes names; use at most ${MAX_RESOURCE_NAME_LENGTH} lower-case letters, digits and inner hyphens, such as "egress"`,
  );
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
