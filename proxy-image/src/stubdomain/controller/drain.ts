import type { ConfigMap } from "../cluster/cluster";
import type { Outcome } from "./outcome";
import { emit, report } from "./report";
import type { Spec } from "../../contract/stub-domain/spec";
import { targetText } from "../../contract/stub-domain/target-ref";
import type { World } from "./world";
import { release } from "./writes";

/** Waits until the cluster's DNS has applied the removal, up to a time limit. */
export async function drain(
  spec: Spec,
  world: World,
  anchor: ConfigMap,
  until: string,
): Promise<Outcome | undefined> {
  const server = await world.stillServedBy();
  const isOver = world.now().getTime() > Date.parse(until);
  if (server !== undefined && !isOver) {
    const message = `${spec.domain} is out of ${targetText(spec.target)}; ${server} has not noticed yet`;
    await report(spec, world, anchor, { state: "leaving", message });
    return { kind: "again" };
  }
  if (server !== undefined) {
    const message = `${server} still serves ${spec.domain}, though it is out of ${targetText(spec.target)}: not waited for any longer`;
    await emit(world, anchor, { type: "Warning", reason: "StubDomainStillServed", message });
  }
  await release(world.cluster, anchor);
  world.log("nothing of ours is served any more: took the finalizer off the anchor");
  return undefined;
}
