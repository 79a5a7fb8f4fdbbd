import { checkOut } from "../stage/revision";
import type { Contender, Scene } from "./contender";
import { startEgress } from "./egress";
import { startHaproxy } from "./haproxy";
import { startNginx } from "./nginx";
import { startNode } from "./node";

/** This proxy's name in figures. */
export const OURS = "k8s-egress";
export const NGINX = "nginx";
export const REPLY_FROM = "reply-from";
export const EXPRESS_HPM = "express+HPM";
/** A bare pipe between TCP and TLS: what Node itself costs. */
export const LIMIT = "limit in Node";

/** How many upstreams the policy has, where it is not what is compared. */
export const UPSTREAMS = 100;

/**
 * Side by side, in this order.
 *
 * @param against another commit; then its proxy takes the place of all but the measures, the limit and nginx
 */
export async function startAll(scene: Scene, against?: string): Promise<Contender[]> {
  const measures = [
    await startEgress(OURS, UPSTREAMS)(scene),
    await startNode(LIMIT, "pipe", true)(scene),
    await startNginx(scene),
  ];
  if (against !== undefined) {
    const [ours, ...others] = measures as [Contender, ...Contender[]];
    const folder = checkOut(scene.stage, against);
    return [ours, await startEgress(against, UPSTREAMS, { folder })(scene), ...others];
  }
  return [
    ...measures,
    await startHaproxy(scene),
    await startNode(REPLY_FROM, "reply-from")(scene),
    await startNode(EXPRESS_HPM, "express-hpm")(scene),
  ];
}
