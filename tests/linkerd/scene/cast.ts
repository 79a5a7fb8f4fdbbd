import type { AppPod } from "../../e2e/support/pod";
import type { Scene } from "./scene";

/** The applications' pods. */
export interface Cast {
  /** Service account `web` of the shop, meshed: the rules name it. Its sidecar's metrics name hosts. */
  readonly web: AppPod;
  /** Another meshed client, of another namespace. */
  readonly reports: AppPod;
  /** A pod of the shop without a sidecar, from before any lockdown. */
  readonly stranger: AppPod;
}

/** Has a sidecar's metrics name the hosts that are called (docs/lockdown.md). */
export const HOSTNAME_LABELS = { "config.linkerd.io/proxy-metrics-hostname-labels": "true" };

export async function startCast(scene: Scene): Promise<Cast> {
  const { shop, reports } = scene.namespaces;
  await scene.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web", namespace: shop } });
  const [web, other, stranger] = await Promise.all([
    scene.client({ namespace: shop, name: "web", serviceAccountName: "web", annotations: HOSTNAME_LABELS }),
    scene.client({ namespace: reports, name: "reports" }),
    scene.client({ namespace: shop, name: "stranger", meshed: false }),
  ]);
  return { web, reports: other, stranger };
}
