import type { Policy } from "./policy";

/**
 * A policy as the keys of a ConfigMap, and the files of the folder where it is mounted: what is for all upstreams in one,
 * and each upstream in its own. So a preview's diff shows only the upstreams that change.
 */
export type PolicyFiles = Readonly<Record<string, string>>;

const COMMON = "policy.json";
const UPSTREAM = /^upstream\..+\.json$/;

/** Whether a file of the mounted folder is one of the policy's; the kubelet has others there. */
export function isPolicyFile(name: string): boolean {
  return name === COMMON || UPSTREAM.test(name);
}

/** The policy as one text: sorted by host, so that reordering the arguments changes nothing. */
export function policyText({ upstreams, ...common }: Policy): string {
  const hosts = Object.keys(upstreams).sort(byCodeUnits);
  return written({ ...common, upstreams: Object.fromEntries(hosts.map((host) => [host, upstreams[host]])) });
}

/** The same policy as files. The name of an upstream's Service is its own, and fit for a key. */
export function policyFiles({ upstreams, ...common }: Policy): PolicyFiles {
  const own = Object.entries(upstreams).map(
    ([host, upstream]) => [`upstream.${upstream.service}.json`, written({ [host]: upstream })] as const,
  );
  return Object.fromEntries([[COMMON, written(common)], ...own]);
}

/**
 * The text of a policy in files: {@link policyText} of the policy that {@link policyFiles} was given.
 *
 * @throws SyntaxError if one is not JSON
 */
export function joinPolicyFiles(files: PolicyFiles): string {
  const { upstreams = {}, ...common } = JSON.parse(files[COMMON] ?? "{}") as Partial<Policy>;
  const own = Object.keys(files)
    .filter((name) => UPSTREAM.test(name))
    .flatMap((name) => Object.entries(JSON.parse(files[name]!) as Policy["upstreams"]));
  return policyText({
    ...common,
    upstreams: Object.fromEntries([...Object.entries(upstreams), ...own]),
  } as Policy);
}

function written(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : 1;
}
