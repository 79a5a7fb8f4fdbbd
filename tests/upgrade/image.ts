import { join } from "node:path";
import { buildContext } from "../../component/build-context";
import type { Cluster } from "../cluster";
import { buildAndPush } from "../harness/image";

/** The proxy's image of this version, by digest. That of a release can't be pulled here: both versions run this one. */
export function builtImage({ registry, dockerHost, images }: Cluster): string {
  const context = buildContext(join(__dirname, "../../proxy-image"));
  return buildAndPush(
    {
      imageName: `${registry}/k8s-egress-upgrade:test`,
      build: {
        context,
        dockerfile: join(context, "Dockerfile"),
        platform: "linux/amd64",
        args: { BASE_IMAGE: images.node, SOURCE_DATE_EPOCH: "0" },
      },
    },
    dockerHost,
  ).repoDigest;
}
