import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const root = resolve(__dirname, "../..");
export const schema = join(root, "schema.json");
export const KINDS = ["minimal", "whole"] as const;

/** A folder that the suite removes at its end. */
export const work = mkdtempSync(join(tmpdir(), "k8s-egress-languages-"));

/** Folder of an example. */
export function example(kind: (typeof KINDS)[number], language: string): string {
  return join(root, "examples", kind, language);
}

/** Runs a program; if it fails, the error has what it printed. */
export function run(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} in ${cwd}:\n${stdout}${stderr}`);
}

/** The SDKs for Go, Python and Node, by Pulumi's own generators; a first build of these takes minutes. */
export function generateSdks(): { go: string; python: string; nodejs: string } {
  const sdks = join(work, "sdks");
  run("go", ["run", ".", schema, sdks], join(__dirname, "generate"));
  return { go: join(sdks, "go"), python: join(sdks, "python"), nodejs: join(sdks, "nodejs") };
}

/** The SDK for Java, by its own generator. */
export function generateJavaSdk(): string {
  const sdk = join(work, "sdks/java");
  run("go", ["run", ".", schema, sdk], join(__dirname, "generate-java"));
  return sdk;
}
