import { openAsBlob } from "node:fs";

import { REGISTRY } from "../addresses";
import type { Blob, BuiltImage } from "./image";
import { MANIFEST_TYPE } from "./image";

/** An image's reference by digest, as it is called inside the cluster. */
export function reference({ name, digest }: BuiltImage): string {
  return `${REGISTRY}/${name}@${digest}`;
}

/** Pushes an image to the registry at `url`. */
export async function push(image: BuiltImage, url: string): Promise<void> {
  const repository = `${url}/v2/${image.name}`;
  await Promise.all(image.blobs.map(({ blob, file }) => pushBlob(repository, blob, file)));
  await send(`${repository}/manifests/latest`, {
    method: "PUT",
    headers: { "content-type": MANIFEST_TYPE },
    body: image.manifest,
  });
}

async function pushBlob(repository: string, { digest }: Blob, file: string): Promise<void> {
  const upload = await send(`${repository}/blobs/uploads/`, { method: "POST" });
  const location = new URL(upload.headers.get("location") ?? "", repository);
  location.searchParams.set("digest", digest);
  await send(location.href, {
    method: "PUT",
    headers: { "content-type": "application/octet-stream" },
    body: await openAsBlob(file),
  });
}

async function send(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (!response.ok) {
    throw new Error(
      `the registry answered ${init.method} ${url} with ${response.status}: ${await response.text()}`,
    );
  }
  return response;
}
