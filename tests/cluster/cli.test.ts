import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { it } from "node:test";

it("`npm run cluster -- status` into a pipe whose reader has left ends without a stack trace", async () => {
  const env = { ...process.env, K8S_EGRESS_CLUSTER: "nobody-started-it" };
  const child = spawn(process.execPath, ["--import=tsx", join(__dirname, "cli.ts"), "status"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  const [printed] = await Promise.all([text(child.stderr), once(child, "exit")]);
  assert.equal(printed, "");
});
