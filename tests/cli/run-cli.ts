import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";

/** What a run of the tool printed, and its exit status. */
export interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

const main = resolve(__dirname, "../../proxy-image/src/cli/main.ts");

/** Runs the tool's source as a process of its own. */
export async function runCli(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const child = spawn(process.execPath, ["--import=tsx", main, ...argv], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolved) => child.on("close", resolved));
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, out, err };
}
