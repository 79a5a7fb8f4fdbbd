import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { CLIENT_ID } from "../contenders/egress-policy";
import type { Tools } from "../stage/tools";

const SCRIPT = join(__dirname, "wrk.lua");
const exec = promisify(execFile);

/** What is asked for, as fast as answers come. */
export interface Load {
  readonly path: string;
  /** Bytes of each request's body; 0 for GET. */
  readonly body: number;
  readonly connections: number;
  /** Hosts that are called in turn. */
  readonly hosts: readonly string[];
}

/** wrk's summary. */
export interface Peak {
  readonly requests: number;
  readonly perSecond: number;
}

interface Summary {
  requests: number;
  microseconds: number;
  failed: number;
}

/**
 * As many requests as go: by wrk, in one thread, which sends a prepared text.
 *
 * @throws Error when a request failed: a proxy that refuses is fast too
 */
export async function peak({ wrk }: Tools, port: number, load: Load, seconds: number): Promise<Peak> {
  const { stdout } = await exec(wrk, [
    ...["-t", "1", "-c", String(load.connections), "-d", `${seconds}s`, "--timeout", "10s", "-s", SCRIPT],
    ...[`http://127.0.0.1:${port}${load.path}`, "--", String(load.body), CLIENT_ID, ...load.hosts],
  ]);
  const summary = JSON.parse(/^RESULT (.*)$/m.exec(stdout)![1]!) as Summary;
  if (summary.failed > 0 || summary.requests === 0) {
    throw new Error(`${summary.failed} of ${summary.requests} requests failed:\n${stdout}`);
  }
  return { requests: summary.requests, perSecond: summary.requests / (summary.microseconds / 1e6) };
}
