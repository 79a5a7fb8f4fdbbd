import { copyFile, link, mkdir, symlink } from "node:fs/promises";
import { basename, join } from "node:path";

import type { BuiltImage } from "./images/image";
import { buildImage } from "./images/image";
import { nodeBinary, nodeImage } from "./images/node-image";
import { kubernetesVersion } from "./kubernetes-version";
import { staticImage } from "./images/static-image";
import {
  COREDNS,
  goProgram,
  kube as kubeOf,
  KUBE_ALIASES,
  NETWORK_POLICIES,
  PAUSE,
} from "./programs/go-program";

/** All that is built, once, before a cluster can start. */
export interface Artifacts {
  /** Files that the cluster's daemons are run from. */
  readonly programs: readonly string[];
  readonly kubectl: string;
  /** The version, such as 1.36.3. */
  readonly kubernetes: string;
  readonly images: { readonly node: BuiltImage; readonly coredns: BuiltImage; readonly pause: BuiltImage };
}

/** Builds what the cache lacks. */
export async function buildArtifacts(progress: (line: string) => void): Promise<Artifacts> {
  // One after the other: each build keeps every core busy by itself.
  const kubernetes = kubernetesVersion();
  const kube = await goProgram(kubeOf(kubernetes), progress);
  const coredns = join(await goProgram(COREDNS, progress), "coredns");
  const policies = join(await goProgram(NETWORK_POLICIES, progress), "network-policies");
  const pause = join(await goProgram(PAUSE, progress), "pause");
  const [nodeBase, dns, sandbox] = await Promise.all([
    nodeImage().then((source) => buildImage(source, progress)),
    buildImage(staticImage("coredns", coredns), progress),
    buildImage(staticImage("pause", pause), progress),
  ]);
  return {
    programs: [join(kube, "kube"), coredns, policies, pause, nodeBinary()],
    kubectl: join(kube, "kubectl"),
    kubernetes: kubernetes.version,
    images: { node: nodeBase, coredns: dns, pause: sandbox },
  };
}

/** Puts the programs where the cluster's mount namespace shows them, whatever it hides of the machine. */
export async function installPrograms({ programs }: Artifacts, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await Promise.all([
    ...programs.map((program) => install(program, join(directory, basename(program)))),
    ...KUBE_ALIASES.map((alias) => symlink("kube", join(directory, alias))),
  ]);
}

/** A second name for the file where that is possible, which costs nothing. */
async function install(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}
