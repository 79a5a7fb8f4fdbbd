import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after } from "node:test";

export const root = resolve(__dirname, "../../..");

/** A folder that is removed after the tests of this file. */
export const temporary = mkdtempSync(join(tmpdir(), "k8s-egress-pack-"));
after(() => rmSync(temporary, { recursive: true }));

/** The tarball that is published. It needs `npm run build`, which `npm ci` has run. */
export const tarball = pack();

/** Packs as the release does; `image` is the published one. Returns the tarball's path. */
export function pack(image?: string): string {
  const folder = mkdtempSync(join(temporary, "tarball-"));
  const args = [join(root, ".ci/pack.mjs"), folder, ...(image === undefined ? [] : [image])];
  return execFileSync(process.execPath, args, { encoding: "utf8", stdio: "pipe" }).trim();
}

/** The packages that a project of a user has with this one, beside the ones that are named. */
const DEPENDENCIES = ["@pulumi", "tldts", "psl"];

/** A project of its own with the packed package and its dependencies; returns the project's folder. */
export function project(name: string, ...packages: string[]): string {
  return projectWith(tarball, name, ...packages);
}

/** The same with another tarball. */
export function projectWith(tarball: string, name: string, ...packages: string[]): string {
  const folder = join(temporary, name);
  const installed = installedIn(folder);
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["xzf", tarball, "-C", installed, "--strip-components=1"]);
  for (const dependency of [...DEPENDENCIES, ...packages]) {
    const link = join(folder, "node_modules", dependency);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(join(root, "node_modules", dependency), link);
  }
  return folder;
}

/** Where a project has the package. */
export function installedIn(folder: string): string {
  return join(folder, "node_modules", "k8s-egress");
}
