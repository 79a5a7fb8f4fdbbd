import { basename, join } from "node:path";
import { build } from "esbuild";
import type { Stage } from "./stage";

/**
 * Bundles a program, with the settings by which the image's own code is bundled.
 *
 * @param source its file, below this benchmark's folder
 * @returns the bundle's file
 */
export async function bundle(stage: Stage, source: string): Promise<string> {
  const outfile = stage.path(basename(source).replace(/\.ts$/, ".cjs"));
  await build({
    entryPoints: [join(__dirname, "..", source)],
    outfile,
    bundle: true,
    platform: "node",
    target: "node22.15",
    format: "cjs",
    minify: false,
    logLevel: "warning",
  });
  return outfile;
}
