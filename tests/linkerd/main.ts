// Plays the mesh's whole story against the cluster of the current kubeconfig, or says what is missing for it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { kubectlFor } from "../harness/kubernetes";
import { findOut } from "./target/find";
import { findLinkerd } from "./target/linkerd";
import { missing } from "./target/missing";
import { findTarget, NoTargetError } from "./target/target";

/** Nothing was tested. */
const NOT_RUN = 2;

async function main(): Promise<number> {
  const target = await findTarget(process.env);
  try {
    const sentences = missing(await findOut(target));
    if (sentences.length > 0) return complain(sentences);
    const linkerd = (await findLinkerd(kubectlFor(target.kubectl, target.kubeconfig)))!;
    console.log(`Linkerd ${linkerd.version} on the cluster ${target.context}`);
  } finally {
    await target.forget();
  }
  // Interrupted, the tests end by themselves and tidy up.
  process.on("SIGINT", () => undefined);
  const options = ["--import=tsx", "--test", "--test-reporter=spec", "--test-timeout=2700000"];
  const suite = join(__dirname, "suite.ts");
  const [code] = (await once(
    spawn(process.execPath, [...options, suite], { stdio: "inherit" }),
    "close",
  )) as [number | null];
  return code ?? 1;
}

function complain(sentences: readonly string[]): number {
  console.error("The tests of the mesh can't run:");
  for (const sentence of sentences) console.error(`- ${sentence}`);
  return NOT_RUN;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    if (!(error instanceof NoTargetError)) throw error;
    process.exitCode = complain([error.message]);
  },
);
