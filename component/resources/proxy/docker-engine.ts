import { connect } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

/** Milliseconds for an engine on another machine; what takes longer is left to the provider. */
const CONNECT_TIMEOUT = 5_000;

/**
 * Where the Docker provider looks for an engine that it is not told (pulumi-docker #697, #725).
 */
const DEFAULT_SOCKETS = ["/var/run", join(homedir(), ".docker/run"), join(homedir(), ".docker/desktop")].map(
  (folder) => `unix://${join(folder, "docker.sock")}`,
);

/**
 * Checks that the Docker provider will reach its engine, which it needs at preview too. It would say only "failed to
 * connect to any docker daemon", and not that `image` needs none.
 *
 * @param provider Of the image; undefined: the default one
 * @throws pulumi.ResourceError that says what to do; where the engine can't be known, the provider decides
 */
export async function checkDockerEngine(
  provider: pulumi.ProviderResource | undefined,
  component: pulumi.ComponentResource,
): Promise<void> {
  const addresses = await addressesOf(provider);
  const errors = await Promise.all(addresses.map(connectionError));
  if (errors.length === 0 || errors.includes(undefined)) return;
  const tried = addresses.map((address, index) => `${address} (${errors[index]})`).join(", ");
  throw new pulumi.ResourceError(
    `build: no Docker engine answers at ${tried}. \`build\` needs one, at preview too: start it, or set DOCKER_HOST; ` +
      "or give `image`, a reference by digest, which needs none.",
    component,
    true,
  );
}

/** Empty: not known. */
async function addressesOf(provider: pulumi.ProviderResource | undefined): Promise<string[]> {
  // With mocks there is no engine of Pulumi's either, and nothing is built.
  if (pulumi.runtime.getEngine() === undefined || process.platform === "win32") return [];
  const { DOCKER_HOST, DOCKER_CONTEXT } = process.env;
  const config = new pulumi.Config("docker");
  if (provider === undefined) {
    if (config.get("context") ?? DOCKER_CONTEXT) return [];
    const host = config.get("host") ?? DOCKER_HOST;
    return host ? [host] : DEFAULT_SOCKETS;
  }
  // A program in another language hands over references to its providers, without their settings.
  if (!docker.Provider.isInstance(provider)) return [];
  const host = await new Promise<string | undefined>((resolve) => provider.host.apply(resolve));
  return host ? [host] : [];
}

/** Undefined: there is none, or it takes a client of another kind to find out. */
function connectionError(address: string): Promise<string | undefined> {
  const target = /^unix:\/\/(?<path>.+)|^tcp:\/\/(?<host>[^/:]+):(?<port>\d+)/.exec(address)?.groups;
  if (!target) return Promise.resolve(undefined);
  const { path, host, port } = target;
  return new Promise((resolve) => {
    const socket = connect(path ? { path } : { host: host!, port: Number(port) });
    const end = (error?: string) => {
      socket.destroy();
      resolve(error);
    };
    socket.setTimeout(CONNECT_TIMEOUT, () => end());
    socket.once("connect", () => end());
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
