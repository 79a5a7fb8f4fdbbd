import { parseArgs } from "node:util";
import { runLocally } from "./local/local";
import { runOnCluster } from "./on-cluster";
import { whyNoCluster } from "./why-no-cluster";

const USAGE = `usage: npm run demo [-- --keep | --local]
  --keep   leaves the cluster and the stack running
  --local  the request path without Kubernetes; also where no cluster can run`;

async function main(): Promise<void> {
  const { keep, local } = options();
  const reason = local ? undefined : whyNoCluster();
  if (reason !== undefined) console.log(`No cluster can run here: ${reason}\nSo without Kubernetes:`);
  if (local || reason !== undefined) await runLocally();
  else await runOnCluster(keep);
}

function options(): { keep: boolean; local: boolean } {
  try {
    const { values } = parseArgs({
      options: { keep: { type: "boolean", default: false }, local: { type: "boolean", default: false } },
    });
    if (values.keep && values.local) throw new Error("--local leaves nothing to keep: leave out --keep");
    return values;
  } catch (error) {
    throw new Error(`demo: ${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
