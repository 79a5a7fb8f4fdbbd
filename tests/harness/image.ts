import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Registered } from "./monitor";

interface ImageInputs {
  imageName: string;
  build: { context: string; dockerfile: string; platform: string; args: Record<string, string> };
}

/** Builds and pushes as `docker.Image` does, with the Docker client; its outputs. */
export function buildAndPush({ inputs }: Registered, dockerHost: string): Record<string, unknown> {
  const { imageName, build } = inputs as unknown as ImageInputs;
  const docker = (...args: string[]) =>
    execFileSync(dockerClient(), args, {
      env: { ...process.env, DOCKER_HOST: dockerHost, DOCKER_BUILDKIT: "1" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
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

/** Debian's own client speaks BuildKit to Debian's engine; another on PATH may want a plug-in for that. */
function dockerClient(): string {
  return existsSync("/usr/bin/docker") ? "/usr/bin/docker" : "docker";
}
