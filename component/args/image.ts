import type * as pulumi from "@pulumi/pulumi";

/** How the proxy's image is built, and where it is pushed. */
export interface ImageBuild {
  /** Repository without tag: `registry.example.com/platform/egress-proxy`. */
  repository: pulumi.Input<string>;
  /** Login of the registry. Default: the Docker client's own. */
  registry?: ImageRegistry;
  /** Platform of the cluster's nodes, `os/architecture`. Default: `linux/amd64`, whatever machine builds the image. */
  platform?: string;
  /** Base image with Node ≥ 22.15 as `node` or `/nodejs/bin/node`, by digest. Default: `node:24-slim`, pinned. */
  baseImage?: pulumi.Input<string>;
}

/** Login of an image registry. */
export interface ImageRegistry {
  /** Host of the registry: `registry.example.com`. */
  server: pulumi.Input<string>;
  /** User of the registry. */
  username: pulumi.Input<string>;
  /** Password or token; kept secret. */
  password: pulumi.Input<string>;
}
