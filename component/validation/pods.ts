import type { EgressProxyArgs } from "../args/egress-proxy";
import { checkObject, isRecord } from "./checks/checks";
import { isDeferred, type Problems, show } from "./checks/problems";

/** Checks the arguments that apply to all pods. */
export function checkPodArguments(args: EgressProxyArgs, problems: Problems): void {
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

export function checkReplicas(replicas: unknown, problems: Problems): void {
  if (replicas === undefined || isDeferred(replicas)) return;
  if (!Number.isInteger(replicas) || (replicas as number) < 1 || (replicas as number) > 1_000) {
    problems.add("replicas", `is ${show(replicas)}; give an integer from 1 to 1000, such as 2`);
  }
}

export function checkResources(value: unknown, path: string, problems: Problems): void {
  if (value === undefined) return;
  const example = `{ requests: { cpu: "100m" }, limits: { memory: "256Mi" } }`;
  const resources = checkObject(value, path, ["requests", "limits"], example, problems);
  for (const part of ["requests", "limits"]) {
    if (resources?.[part] === undefined) continue;
    const quantities = checkObject(resources[part], `${path}.${part}`, ["cpu", "memory"], example, problems);
    for (const [key, right] of Object.entries({ cpu: "100m", memory: "256Mi" }))
      checkQuantity(quantities?.[key], `${path}.${part}.${key}`, right, problems);
  }
}

/** Kubernetes' grammar (apimachinery, `resource.Quantity`), without a sign. */
const QUANTITY = /^(?:\d+\.?\d*|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;

/** Linkerd's injector ignores an invalid one and logs a line; the API server rejects it, but only at `up`. */
function checkQuantity(value: unknown, path: string, right: string, problems: Problems): void {
  if (value === undefined || isDeferred(value) || (isText(value) && QUANTITY.test(value))) return;
  problems.add(path, `is ${show(value)}; give a Kubernetes quantity, such as ${show(right)}`);
}

/** Adds a problem if `value` is given and is not a map of texts. */
export function checkTextMap(value: unknown, path: string, problems: Problems): void {
  if (value === undefined || isDeferred(value)) return;
  if (
    !isRecord(value) ||
    !Object.values(value).every((item) => isDeferred(item) || typeof item === "string")
  ) {
    problems.add(path, `is ${show(value)}; give texts by name, such as { team: "platform" }`);
  }
}

/** Adds a problem if `value` is given and is not a list of items that `accepts` accepts; `right` describes these. */
export function checkEach(
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

export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
