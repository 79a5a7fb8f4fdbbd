import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cluster, kubectl } from "../../cluster";
import { run } from "../../cluster/programs/run";

const MODULE = "sigs.k8s.io/gateway-api@v1.4.0";
const CRD = "customresourcedefinition/httproutes.gateway.networking.k8s.io";

/** Lets the API server take HTTPRoutes, checked by the Gateway API's own schema. */
export async function installGatewayCrds(cluster: Cluster): Promise<void> {
  const { stdout } = await run("go", ["mod", "download", "-json", MODULE], { cwd: tmpdir() });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const file = join(Dir, "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml");
  // Its status says `conditions: null`, which `kubectl wait` can't read.
  const crd = (await readFile(file, "utf8")).replace(/^status:\n[^]*$/m, "");
  await kubectl(cluster, ["apply", "--server-side", "-f", "-"], crd);
  await kubectl(cluster, ["wait", "--for=condition=Established", "--timeout=30s", CRD]);
}

/** Takes them away again. */
export async function removeGatewayCrds(cluster: Cluster): Promise<void> {
  await kubectl(cluster, ["delete", "--ignore-not-found", CRD]);
}
