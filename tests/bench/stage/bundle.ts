import { writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { programOf } from "../../../proxy-image/program.mjs";
import { THIS_CHECKOUT } from "./revision";
import type { Stage } from "./stage";

/**
 * Bundles a program as the image's own are bundled.
 *
 * @param source its file, below the benchmark's folder
 * @param folder the benchmark of another commit; default: this one
 * @returns the bundle's file
 */
export async function bundle(stage: Stage, source: string, folder = THIS_CHECKOUT): Promise<string> {
  const mark = createHash("sha256").update(folder).digest("hex").slice(0, 8);
  const file = stage.path(`${basename(source, ".ts")}-${mark}.cjs`);
  writeFileSync(file, await programOf(join(folder, source)));
  return file;
}
