import type { ImageBuild } from "../../args/image";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { checkDockerEngine } from "./docker-engine";
import { buildContext } from "../../build-context";
import { packageRoot, packageVersion, publishedImage } from "../../package";
import type { Context } from "../context";

/** `node:24-slim` of August 2026. */
const DEFAULT_BASE_IMAGE =
  "docker.io/library/node:24-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df";

/** The proxy's image by digest: the user's own, or built from this package and pushed, or this version's published one. */
export function proxyImage(context: Context): pulumi.Output<string> {
  const { image, build } = context.args;
  if (build !== undefined) return buildImage(context, build).repoDigest;
  return pulumi.output(image ?? publishedImage()!);
}

function buildImage(context: Context, build: ImageBuild): docker.Image {
  const source = join(packageRoot(), "proxy-image");
  if (!existsSync(join(source, "dist", "app.tar"))) {
    throw new pulumi.ResourceError(
      `${context.name}: ${join(source, "dist", "app.tar")} is missing; it is made by \`npm run build\` and part of the published package`,
      context.parent,
      true,
    );
  }
  const folder = buildContext(source);
  const { registry } = build;
  const { parent } = context;
  // As an input's promise, so that the provider is not asked before.
  const engine = checkDockerEngine(parent.getProvider("docker:index/image:Image"), parent);
  const tag = engine.then(packageVersion);
  return new docker.Image(
    `${context.name}-image`,
    {
      imageName: pulumi.interpolate`${build.repository}:${tag}`,
      build: {
        context: folder,
        dockerfile: join(folder, "Dockerfile"),
        platform: build.platform ?? "linux/amd64",
        builderVersion: docker.BuilderVersion.BuilderBuildKit,
        // With this argument, engines since 23.0 give the same digest for the same input
        // (https://reproducible-builds.org/specs/source-date-epoch).
        args: { BASE_IMAGE: build.baseImage ?? DEFAULT_BASE_IMAGE, SOURCE_DATE_EPOCH: "0" },
      },
      ...(registry && {
        registry: {
          server: registry.server,
          username: registry.username,
          password: pulumi.secret(registry.password),
        },
      }),
    },
    { parent },
  );
}
