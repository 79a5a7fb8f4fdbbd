import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

import { pack } from "tar-stream";

/** One entry of an image's file system. */
export type Entry = { readonly path: string; readonly mode?: number } & (
  | { readonly kind: "directory" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "copy"; readonly of: string }
);

/** Writes `entries` as a compressed layer to `file`: the same entries give the same bytes. */
export async function writeLayer(entries: readonly Entry[], file: string): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, createGzip(), createWriteStream(file));
  const added = addAll();
  await Promise.all([written, added]);

  async function addAll(): Promise<void> {
    for (const entry of entries) {
      const header = { name: entry.path.replace(/^\//, ""), mtime: new Date(0) };
      if (entry.kind === "directory") {
        archive.entry({ ...header, type: "directory", mode: entry.mode ?? 0o755 });
      } else if (entry.kind === "text") {
        archive.entry({ ...header, mode: entry.mode ?? 0o644 }, entry.text);
      } else {
        const { size } = await stat(entry.of);
        await pipeline(
          createReadStream(entry.of),
          archive.entry({ ...header, size, mode: entry.mode ?? 0o755 }),
        );
      }
    }
    archive.finalize();
  }
}
