import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { COREDNS, goProgram } from "../../cluster/programs/go-program";

/** How the real CoreDNS reads one Corefile: tests/cluster/coredns/verdicts.go. */
export interface Verdict {
  error?: string;
  blocks: { keys: string[]; plugins: Record<string, string[]> }[] | null;
  addressError?: string;
}

/** Path of the real CoreDNS. */
export async function coreDns(): Promise<string> {
  return join(await goProgram(COREDNS, (line) => console.error(line)), "coredns");
}

/** The verdicts on these texts, in their order, from one process. */
export async function verdictsOn(program: string, corefiles: readonly string[]): Promise<Verdict[]> {
  const child = spawn(program, ["verdicts"], { stdio: ["pipe", "pipe", "ignore"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stdin.end(corefiles.map((text) => `${JSON.stringify(text)}\n`).join(""));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`coredns verdicts ended with status ${code}`);
  const lines = Buffer.concat(output).toString("utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Verdict);
}
