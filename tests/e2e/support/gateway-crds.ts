import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cluster, kubectl } from "../../cluster";
import { run } from "../../cluster/programs/run";
import { established } from "./established";

const MODULE = "sigs.k8s.io/gateway-api@v1.4.0";
const GROUP = "gateway.networking.k8s.io";
/** Its channel of each kind that the component makes. */
const CHANNELS = { httproutes: "standard", tlsroutes: "experimental" } as const;

/** Lets the API server take routes, checked by the Gateway API's own schema. */
export async function installGatewayCrds(cluster: Cluster): Promise<void> {
  const { stdout } = await run("go", ["mod", "download", "-json", MODULE], { cwd: tmpdir() });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  for (const [kind, channel] of Object.entries(CHANNELS)) {
    const file = join(Dir, "config/crd", channel, `${GROUP}_${kind}.yaml`);
    await kubectl(cluster, ["apply", "--server-side", "-f", file]);
    await established(cluster, `${kind}.${GROUP}`);
  }
}

/** Takes them away again. */
export async function removeGatewayCrds(cluster: Cluster): Promise<void> {
  const crds = Object.keys(CHANNELS).map((kind) => `customresourcedefinition/${kind}.${GROUP}`);
  await kubectl(cluster, ["delete", "--ignore-not-found", ...crds]);
}
