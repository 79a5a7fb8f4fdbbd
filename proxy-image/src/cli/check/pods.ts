import { isReady, type Pod, stateOf } from "../cluster/pods";
import { type Finding, ok, problem, warning } from "./finding";

/** Reasons of a kubelet for an image that it can't get. */
const PULL_ERRORS = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"];

/**
 * Whether a part's pods are ready, have their image and, where they should, a sidecar. Pure.
 *
 * @param subject such as `proxy pods`
 * @param pullErrors what the kubelets said last about images, by pod
 */
export function checkPods(
  subject: string,
  pods: readonly Pod[],
  wanted: number,
  isMeshed: boolean,
  pullErrors: ReadonlyMap<string, string> = new Map(),
): Finding[] {
  const ready = pods.filter(isReady).length;
  const waiting = pods.filter((pod) => !isReady(pod));
  const unready = waiting.map((pod) => `${pod.metadata.name} (${stateOf(pod)})`).join(", ");
  const why = unready === "" ? "" : `: ${unready}`;
  const findings: Finding[] = [];
  if (ready === 0) {
    findings.push(problem(subject, `none of ${wanted} is ready${why}`, describe(waiting), "docs/mesh.md"));
  } else if (ready < wanted || waiting.length > 0) {
    findings.push(warning(subject, `${ready} of ${wanted} ready${why}`, describe(waiting), "docs/mesh.md"));
  } else findings.push(ok(subject, `${ready} of ${wanted} ready`));
  findings.push(...unpulled(subject, pods, pullErrors));
  if (isMeshed) findings.push(...injected(subject, pods));
  return findings;
}

/** Whether a container of a pod waits for its image. */
export function isUnpulled({ status }: Pod): boolean {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return all.some(({ state }) => PULL_ERRORS.includes(state?.waiting?.reason ?? ""));
}

function unpulled(subject: string, pods: readonly Pod[], pullErrors: ReadonlyMap<string, string>): Finding[] {
  for (const { metadata, spec, status } of pods) {
    for (const { name, state } of [
      ...(status?.initContainerStatuses ?? []),
      ...(status?.containerStatuses ?? []),
    ]) {
      const { reason = "", message = "" } = state?.waiting ?? {};
      if (!PULL_ERRORS.includes(reason)) continue;
      return [
        problem(
          subject,
          `the image ${imageOf(spec, name)}of container ${name} of pod ${metadata.name} can't be pulled: ${pullErrors.get(metadata.name) ?? (message || reason)}`,
          "is the registry reachable from the nodes, and do imagePullSecrets name a Secret for it?",
          "docs/installation-configuration.md",
        ),
      ];
    }
  }
  return [];
}

function imageOf({ containers, initContainers = [] }: Pod["spec"], container: string): string {
  const image = [...initContainers, ...containers].find(({ name }) => name === container)?.image;
  return image === undefined ? "" : `${image} `;
}

function injected(subject: string, pods: readonly Pod[]): Finding[] {
  const bare = pods.filter(
    ({ spec }) =>
      ![...spec.containers, ...(spec.initContainers ?? [])].some(({ name }) => name === "linkerd-proxy"),
  );
  if (bare.length === 0) return pods.length === 0 ? [] : [ok("sidecars", `in all ${subject}`)];
  return [
    problem(
      "sidecars",
      `missing in ${bare.map(({ metadata }) => metadata.name).join(", ")}: Linkerd's injector did not see them`,
      "when the injector is ready: kubectl rollout restart of the Deployment",
      "docs/mesh.md",
    ),
  ];
}

function describe([first]: readonly Pod[]): string {
  return first
    ? `kubectl -n ${first.metadata.namespace} describe pod ${first.metadata.name}`
    : "is there room on a node, and does an admission policy or quota forbid the pods? See the Deployment's events";
}
