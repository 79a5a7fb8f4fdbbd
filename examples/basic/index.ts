import * as pulumi from "@pulumi/pulumi";
import { type DnsMode, type DnsTarget, EgressProxy, type MeshMode, type Upstream } from "k8s-egress";

// Every setting of this example is a configuration key; the README lists them. A stack of your own needs the
// upstreams and where to push, and nothing else.
const config = new pulumi.Config();
const text = (key: string) => config.get(key) ?? undefined;

const image = text("image");
const username = text("registryUsername");

const egress = new EgressProxy("egress", {
  upstreams: config.getObject<Upstream[]>("upstreams") ?? [
    { host: "api.github.com" },
    { host: "*.ingest.sentry.io" },
    { host: "api.stripe.com", timeouts: { response: "30s" } },
  ],
  domain: text("domain"),
  namespace: text("namespace"),
  ...(image
    ? { image }
    : {
        build: {
          repository: config.require("repository"),
          platform: text("platform"),
          baseImage: text("baseImage"),
          ...(username && {
            registry: {
              server: config.require("registryServer"),
              username,
              password: config.requireSecret("registryPassword"),
            },
          }),
        },
      }),
  mesh: { mode: text("mesh") as MeshMode | undefined },
  dns: {
    mode: text("dns") as DnsMode | undefined,
    target: text("dnsTarget") as DnsTarget | undefined,
    nodeLocalDns: config.getBoolean("nodeLocalDns"),
    image: text("dnsImage"),
  },
});

export const urls = egress.urls;
export const deployedImage = egress.image;
export const stubDomain = egress.stubDomain;
