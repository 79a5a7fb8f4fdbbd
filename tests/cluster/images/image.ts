import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

import { cached } from "../programs/cache";
import type { Entry } from "./layer";
import { writeLayer } from "./layer";

/** An image of one layer, as it is to be made. */
export interface ImageSource {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** As in the OCI image configuration. */
  readonly config: { readonly Env?: string[]; readonly Entrypoint?: string[]; readonly Cmd?: string[] };
}

/** A content-addressed part of an image. */
export interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** An image ready to be pushed. */
export interface BuiltImage {
  readonly name: string;
  readonly manifest: string;
  readonly digest: string;
  readonly blobs: readonly { readonly blob: Blob; readonly file: string }[];
}

interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly config: Blob;
  readonly layers: readonly [Blob];
}

/** The manifest's own media type. */
export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";

/** Builds an image without a container engine; from the cache if nothing in it has changed. */
export async function buildImage(source: ImageSource, progress: (line: string) => void): Promise<BuiltImage> {
  const directory = await cached(`image-${source.name}`, await sourceHash(source), async (target) => {
    progress(`packing the image ${source.name}, once`);
    await build(source, target);
  });
  const manifest = await readFile(join(directory, "manifest.json"), "utf8");
  const { config, layers } = JSON.parse(manifest) as Manifest;
  return {
    name: source.name,
    manifest,
    digest: sha256(manifest),
    blobs: [
      { blob: config, file: join(directory, "config.json") },
      { blob: layers[0], file: join(directory, "layer.tar.gz") },
    ],
  };
}

async function build(source: ImageSource, directory: string): Promise<void> {
  const layerFile = join(directory, "layer.tar.gz");
  await writeLayer(source.entries, layerFile);
  const config = JSON.stringify({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: source.config,
    rootfs: { type: "layers", diff_ids: [await uncompressedDigest(layerFile)] },
  });
  await writeFile(join(directory, "config.json"), config);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, digest: sha256(config), size: Buffer.byteLength(config) },
    layers: [
      { mediaType: LAYER_TYPE, digest: await fileDigest(layerFile), size: (await stat(layerFile)).size },
    ],
  };
  await writeFile(join(directory, "manifest.json"), JSON.stringify(manifest));
}

async function sourceHash({ name, config, entries }: ImageSource): Promise<string> {
  const contents = entries.map(async (entry) =>
    entry.kind === "copy" ? { ...entry, of: await fileDigest(entry.of) } : entry,
  );
  return sha256(JSON.stringify({ name, config, entries: await Promise.all(contents) })).replace(
    "sha256:",
    "",
  );
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

async function fileDigest(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return `sha256:${hash.digest("hex")}`;
}

async function uncompressedDigest(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), createGunzip(), hash);
  return `sha256:${hash.digest("hex")}`;
}
