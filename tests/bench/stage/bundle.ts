import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { programOf } from "../../../proxy-image/program.mjs";
import type { Stage } from "./stage";

/**
 * Bundles a program as the image's own are bundled.
 *
 * @param source its file, below this benchmark's folder
 * @returns the bundle's file
 */
export async function bundle(stage: Stage, source: string): Promise<string> {
  const file = stage.path(basename(source).replace(/\.ts$/, ".cjs"));
  writeFileSync(file, await programOf(join(__dirname, "..", source)));
  return file;
}
