import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "../clients";
import { commandOf } from "./install";
import { DOMAIN } from "./names";

/** One line of a client's program. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly detail?: string;
}

/** What a client's program has shown. */
export interface Outcome {
  readonly checks: readonly Check[];
  /** Why the program as a whole failed; undefined if it ran to its end. */
  readonly failure?: string;
}

/** A client that takes longer hangs. */
const LIMIT = 120_000;

/** Runs a client's program without this machine's settings for proxies, certificates and accounts. */
export async function runClient(client: Client): Promise<Outcome> {
  const { command, folder } = commandOf(client);
  const [file, ...args] = [...command, ...(client.args ?? [])] as [string, ...string[]];
  const home = mkdtempSync(join(tmpdir(), "egress-client-"));
  const child = spawn(file, args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      LANG: "C.UTF-8",
      TMPDIR: home,
      ...client.environment,
      ...(client.byPackage && { EGRESS_DOMAIN: DOMAIN }),
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.once("close", (...ended: [number | null, string | null]) => resolve(ended));
    child.once("error", ({ message }) => resolve([null, message]));
  });
  clearTimeout(timer);
  const checks = stdout.split("\n").flatMap(readLine);
  const failure =
    code === 0
      ? checks.length === 0 && "it printed no check"
      : `it ended with ${signal ?? `status ${code}`}: ${stderr.trim().split("\n").slice(-8).join("\n    ")}`;
  return failure === false ? { checks } : { checks, failure };
}

function readLine(line: string): Check[] {
  if (!line.startsWith('{"check"')) return [];
  try {
    return [JSON.parse(line) as Check];
  } catch {
    return [{ check: "output", ok: false, detail: `no JSON: ${line}` }];
  }
}
