import { delimiter, dirname, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";

import { goProgram } from "../cluster/programs/go-program";
import { findProgram } from "../requirements/machine";
import { KUBERNETES_PROVIDER, PULUMI } from "./programs";

/** A Pulumi engine with its providers. */
export interface Engine {
  readonly command: PulumiCommand;
  /** Variables that the engine needs to find its providers. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The engine for tests.
 *
 * A `pulumi` on PATH is a released one, which users run, so it is preferred, and finds its providers by itself.
 * Otherwise the CLI and the Kubernetes provider are built from their Go modules. In place of the Docker provider,
 * which is no Go module, a stand-in builds and pushes; providers on PATH are preferred to these.
 *
 * @param home Folder for the built engine's own files
 */
export async function findEngine(home: string): Promise<Engine> {
  if (findProgram("pulumi")) return { command: await PulumiCommand.get(), environment: {} };
  const { pulumi, kubernetes } = await buildEngine((line) => console.error(line));
  const path = [
    // The stand-in needs the Node of the tests.
    dirname(process.execPath),
    process.env.PATH ?? "",
    kubernetes,
    join(__dirname, "docker-provider"),
  ];
  return {
    command: await PulumiCommand.get({ root: pulumi }),
    environment: { PATH: path.join(delimiter), PULUMI_HOME: home },
  };
}

/** Builds what the cache lacks; nothing where `pulumi` is on PATH. */
export async function prepareEngine(progress: (line: string) => void): Promise<void> {
  if (!findProgram("pulumi")) await buildEngine(progress);
}

async function buildEngine(
  progress: (line: string) => void,
): Promise<{ readonly pulumi: string; readonly kubernetes: string }> {
  // One after the other: each build keeps every core busy by itself.
  const pulumi = await goProgram(PULUMI, progress);
  return { pulumi, kubernetes: await goProgram(KUBERNETES_PROVIDER, progress) };
}
