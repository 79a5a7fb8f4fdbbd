import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { main, type Provider } from "@pulumi/pulumi/provider";
import { buildAndPush, type ImageInputs, runDocker } from "../../harness/image";

/** The version that the package of the real one asks for. */
const { version } = JSON.parse(readFileSync(require.resolve("@pulumi/docker/package.json"), "utf8")) as {
  version: string;
};

/**
 * A stand-in for the Docker provider, for `docker.Image` only: builds and pushes with the Docker engine of
 * DOCKER_HOST, because this kind of provider is not told its configuration. As the real one, it needs the engine at
 * preview, and sees a change in the context's files.
 */
const provider: Provider = {
  version,

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface wants a promise
  async check(_urn, _olds, inputs: ImageInputs) {
    runDocker(["version"]);
    return {
      inputs: { ...inputs, build: { ...inputs.build, contextDigest: digestOf(inputs.build.context) } },
    };
  },

  // eslint-disable-next-line @typescript-eslint/require-await
  async diff(_id, _urn, olds: Record<string, unknown>, news: Record<string, unknown>) {
    return { changes: Object.entries(news).some(([key, value]) => !isDeepStrictEqual(value, olds[key])) };
  },

  // eslint-disable-next-line @typescript-eslint/require-await
  async create(_urn, inputs: ImageInputs) {
    return { id: inputs.imageName, outs: buildAndPush(inputs) };
  },

  // eslint-disable-next-line @typescript-eslint/require-await
  async update(_id, _urn, _olds, inputs: ImageInputs) {
    return { outs: buildAndPush(inputs) };
  },
};

function digestOf(folder: string): string {
  const hash = createHash("sha256");
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const file of entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    hash.update(`${file.slice(folder.length)}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

void main(provider, process.argv.slice(2));
