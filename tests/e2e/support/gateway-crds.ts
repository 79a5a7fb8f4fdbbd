import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cluster, kubectl } from "../../cluster";
import { run } from "../../cluster/programs/run";
import { established } from "./established";

const MODULE = "sigs.k8s.io/gateway-api@v1.4.0";
const CRD = "httproutes.gateway.networking.k8s.io";

/** Lets the API server take HTTPRoutes, checked by the Gateway API's own schema. */
export async function installGatewayCrds(cluster: Cluster): Promise<void> {
  const { stdout } = await run("go", ["mod", "download", "-json", MODULE], { cwd: tmpdir() });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const file = join(Dir, "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml");
  await kubectl(cluster, ["apply", "--server-side", "-f", file]);
  await established(cluster, CRD);
}

/** Takes them away again. */
export async function removeGatewayCrds(cluster: Cluster): Promise<void> {
  await kubectl(cluster, ["delete", "--ignore-not-found", `customresourcedefinition/${CRD}`]);
}
