import { isRecord } from "./checks";
import { isDeferred } from "./problems";

/** Arguments that may be resolved later: all that are typed Input. */
const MAY_BE_DEFERRED = [
  /^image(PullSecrets.*)?$/,
  /^(replicas|priorityClassName)$/,
  /^(labels|podAnnotations|nodeSelector|tolerations|auditedNamespaces)\b/,
  /^credentials\.[^.]+\.(value|secretName|key)$/,
  /^build\.(repository|baseImage|registry\.\w+)$/,
  /^dns\.image$/,
  /^(dns\.resources|resources|mesh\.proxyResources)\.\w+\.\w+$/,
];

/** Paths of Outputs and promises in place of plain values. */
export function findDeferred(value: unknown, path = ""): string[] {
  if (isDeferred(value)) return MAY_BE_DEFERRED.some((pattern) => pattern.test(path)) ? [] : [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => findDeferred(item, `${path}[${index}]`));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    findDeferred(item, path === "" ? key : `${path}.${key}`),
  );
}
