// Packs what is published: node .ci/pack.mjs <folder> [<image>]. Prints the tarball's path.
//
// <image> is this version's published image by digest: the component uses it where a program gives neither `image` nor
// `build`. Without it the package names none.
//
// It is a package for npm and, unpacked, a plugin that Pulumi installs with `npm install`. So its package.json has no
// scripts, whose sources are not in it, and no development dependencies.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const output = resolve(process.argv[2] ?? ".");
const image = process.argv[3];
if (image !== undefined && !/^[a-z0-9.-]+(:\d+)?\/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$/.test(image)) {
  console.error(`${JSON.stringify(image)} is not an image by digest: registry/repository@sha256:…`);
  process.exit(1);
}
const work = mkdtempSync(join(tmpdir(), "k8s-egress-pack-"));

const pack = (folder, destination) => {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", destination];
  const [{ filename }] = JSON.parse(
    execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  return join(destination, filename);
};

try {
  execFileSync("tar", ["-xzf", pack(root, work), "-C", work]);
  const staged = join(work, "package");
  const manifest = JSON.parse(readFileSync(join(staged, "package.json"), "utf8"));
  for (const key of ["scripts", "devDependencies", "workspaces", "allowScripts"]) delete manifest[key];
  if (image !== undefined) manifest.k8sEgress = { image };
  writeFileSync(join(staged, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  mkdirSync(output, { recursive: true });
  console.log(pack(staged, output));
} finally {
  rmSync(work, { recursive: true });
}
