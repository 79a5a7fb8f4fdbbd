import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { policyHash } from "../../../proxy-image/src/contract/policy/hash";
import { freePort } from "../../harness/free-ports";

/** The proxy, in a process of its own. */
export interface RunningProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts the proxy and waits until it serves.
 *
 * @param folder for the policy's file
 * @param thirdParty port of the server that all third parties are
 */
export async function startProxy(policy: string, folder: string, thirdParty: number): Promise<RunningProxy> {
  const file = join(folder, "policy.json");
  writeFileSync(file, policy);
  const [port, adminPort, policyPort] = [await freePort(), await freePort(), await freePort()];
  const child = spawn(
    process.execPath,
    [
      ...["--import=tsx", join(__dirname, "proxy-process.ts")],
      ...["--policy", file, "--policy-sha256", policyHash(policy), "--mesh", "none"],
      ...["--port", String(port), "--admin-port", String(adminPort), "--policy-port", String(policyPort)],
    ],
    { env: { ...process.env, DEMO_THIRD_PARTY: String(thirdParty) }, stdio: ["ignore", "pipe", "inherit"] },
  );
  await serving(child);
  return {
    port,
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function serving(child: ChildProcess): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line);
    if (line.includes('"serving"')) {
      child.stdout!.resume();
      return;
    }
  }
  throw new Error(`the proxy ended before it served:\n${lines.join("\n")}`);
}
