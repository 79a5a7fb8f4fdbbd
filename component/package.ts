import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Manifest {
  name: string;
  version: string;
  k8sEgress?: { image?: string };
}

let found: { root: string; manifest: Manifest } | undefined;

/** Folder of this package, searched upwards: compiled code is one level deeper than its source. */
export function packageRoot(): string {
  return locate().root;
}

/** Version of this package. */
export function packageVersion(): string {
  return locate().manifest.version;
}

/**
 * This version's image by digest, which the release writes into its package.json (`.ci/pack.mjs`); undefined in a
 * checkout, and so in a plugin that Pulumi installs from git.
 */
export function publishedImage(): string | undefined {
  return locate().manifest.k8sEgress?.image;
}

function locate(): { root: string; manifest: Manifest } {
  for (let folder = __dirname; !found; folder = dirname(folder)) {
    const manifest = read(join(folder, "package.json"));
    if (manifest?.name === "k8s-egress") found = { root: folder, manifest };
    else if (dirname(folder) === folder) throw new Error(`no package.json of k8s-egress above ${__dirname}`);
  }
  return found;
}

function read(file: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}
