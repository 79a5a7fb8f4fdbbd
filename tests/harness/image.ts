import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Inputs of a `docker.Image`, as far as they are used here. */
export interface ImageInputs {
  imageName: string;
  build: { context: string; dockerfile: string; platform: string; args: Record<string, string> };
}

/**
 * Builds and pushes as `docker.Image` does, with the Docker client.
 *
 * @param dockerHost Address of the Docker engine. Default: the client's own.
 * @returns the resource's outputs
 */
export function buildAndPush(inputs: ImageInputs, dockerHost?: string): ImageInputs & { repoDigest: string } {
  const { imageName, build } = inputs;
  const docker = (...args: string[]) => runDocker(args, dockerHost);
  const args = Object.entries(build.args).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
  docker(
    "build",
    "--quiet",
    "--platform",
    build.platform,
    ...args,
    "-t",
    imageName,
    "-f",
    build.dockerfile,
    build.context,
  );
  docker("push", "--quiet", imageName);
  const digests = JSON.parse(
    docker("image", "inspect", "--format", "{{json .RepoDigests}}", imageName),
  ) as string[];
  const repository = imageName.replace(/:[^:/]*$/, "");
  const repoDigest = digests.find((digest) => digest.startsWith(`${repository}@`));
  if (!repoDigest)
    throw new Error(`${imageName} has no digest of ${repository} after its push: ${digests.join(", ")}`);
  return { ...inputs, repoDigest };
}

/** Runs the Docker client; its output. */
export function runDocker(args: readonly string[], dockerHost = process.env.DOCKER_HOST): string {
  return execFileSync(dockerClient(), args, {
    env: { ...process.env, ...(dockerHost && { DOCKER_HOST: dockerHost }), DOCKER_BUILDKIT: "1" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Debian's own client speaks BuildKit to Debian's engine; another on PATH may want a plug-in for that. */
function dockerClient(): string {
  return existsSync("/usr/bin/docker") ? "/usr/bin/docker" : "docker";
}
