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

/** Side by side, in this order. HAProxy only where it is installed. */
export async function startAll(scene: Scene): Promise<Contender[]> {
  return [
    await startEgress(OURS, 100)(scene),
    await startNginx(scene),
    await startHaproxy(scene),
    await startNode(REPLY_FROM, "reply-from")(scene),
    await startNode(EXPRESS_HPM, "express-hpm")(scene),
  ];
}

/** This proxy twice, with the smallest and the largest policy. */
export async function startPolicies(scene: Scene): Promise<[small: Contender, large: Contender]> {
  return [await startEgress("10 upstreams", 10)(scene), await startEgress("10,000 upstreams", 10_000)(scene)];
}
