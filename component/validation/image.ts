import type { EgressProxyArgs } from "../args/egress-proxy";
import { publishedImage } from "../package";
import { checkKnownKeys, isRecord, type Unchecked } from "./checks/checks";
import { isDeferred, type Problems, show } from "./checks/problems";

const BUILD_EXAMPLE = `build: { repository: "registry.example.com/platform/egress-proxy" }`;

/** `image` and `build`: at most one of them; none, if this package names a published image. */
export function checkImage({ image, build }: EgressProxyArgs, problems: Problems): void {
  if (image === undefined && build === undefined && publishedImage() === undefined) {
    problems.add(
      "build",
      `neither \`build\` nor \`image\` is given, and this copy of the package has no published image; say where to push, as in ${BUILD_EXAMPLE}, or give \`image\` by digest`,
    );
  }
  if (image !== undefined && build !== undefined) {
    problems.add(
      "image",
      "stands with `build`; leave one out: `image` takes a ready image, `build` makes one",
    );
  }
  if (image !== undefined) checkByDigest(image, "image", problems);
  if (build === undefined || isDeferred(build)) return;
  if (!isRecord(build)) {
    problems.add("build", `is ${show(build)}; write it as in ${BUILD_EXAMPLE}`);
    return;
  }
  checkKnownKeys(build, new Set(["repository", "registry", "platform", "baseImage"]), "build", problems);
  const { repository, registry, platform, baseImage }: Unchecked = build;
  checkRepository(repository, problems);
  if (platform !== undefined && !isDeferred(platform) && !isPlatform(platform)) {
    problems.add(
      "build.platform",
      `${show(platform)} is not a platform; write os/architecture, such as "linux/arm64"`,
    );
  }
  if (baseImage !== undefined) checkByDigest(baseImage, "build.baseImage", problems);
  if (registry !== undefined && !isDeferred(registry)) {
    if (isRecord(registry))
      checkKnownKeys(registry, new Set(["server", "username", "password"]), "build.registry", problems);
    for (const key of ["server", "username", "password"] as const) {
      if (!isRecord(registry) || registry[key] === undefined || registry[key] === "") {
        problems.add(
          `build.registry.${key}`,
          `is missing; a login is { server: "registry.example.com", username, password }`,
        );
      }
    }
  }
}

function checkRepository(repository: unknown, problems: Problems): void {
  if (isDeferred(repository)) return;
  if (typeof repository !== "string" || repository === "") {
    problems.add("build.repository", `is ${show(repository)}; write it as in ${BUILD_EXAMPLE}`);
  } else if (/^[a-z]+:\/\//.test(repository)) {
    problems.add("build.repository", `${show(repository)} has a scheme; write it as in ${BUILD_EXAMPLE}`);
  } else if (repository.includes("@") || /:[^/]*$/.test(repository)) {
    problems.add(
      "build.repository",
      `${show(repository)} has a tag or digest, which the component chooses; write it as in ${BUILD_EXAMPLE}`,
    );
  } else if (!/^[a-z0-9]([a-zA-Z0-9.-]*)(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(repository)) {
    problems.add(
      "build.repository",
      `${show(repository)} is not a repository's name; write it as in ${BUILD_EXAMPLE}`,
    );
  }
}

function isPlatform(platform: unknown): boolean {
  return typeof platform === "string" && /^[a-z0-9]+\/[a-z0-9]+(\/v\d+)?$/.test(platform);
}

/** The value of an Output is unknown before the program runs, so its form is not checked. */
export function checkByDigest(reference: unknown, path: string, problems: Problems): void {
  if (isDeferred(reference)) return;
  if (typeof reference !== "string" || !/^[^\s@]+@sha256:[0-9a-f]{64}$/.test(reference)) {
    problems.add(
      path,
      `${show(reference)} is not an image by digest, so what runs could change unseen; write "registry.example.com/name@sha256:" and 64 hexadecimal digits`,
    );
  }
}
