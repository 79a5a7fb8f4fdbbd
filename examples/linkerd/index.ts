import * as pulumi from "@pulumi/pulumi";
import { type DnsMode, EgressProxy, type MeshMode } from "k8s-egress";

const config = new pulumi.Config();

// Linkerd's identities decide who may call what; docs/mesh.md says what they are worth.
const checkout = { namespace: "shop", serviceAccount: "checkout" };
const reports = { namespace: "reports" };

const egress = new EgressProxy("egress", {
  upstreams: [
    {
      // A payment is made by one service account, and never repeated by anybody; reports are read, and repeated.
      host: "api.stripe.com",
      allow: [
        { clients: [checkout], methods: ["POST"], paths: ["/v1/charges"] },
        { clients: [reports], methods: ["GET"], paths: ["/v1/**"] },
      ],
      mesh: {
        retries: { statuses: ["502", "504"], limit: 2 },
        circuitBreaker: { maxFailures: 20, maxPenalty: "30s" },
      },
    },
    {
      // Every meshed client; a connection without a byte for a minute is nobody's any more.
      host: "*.ingest.sentry.io",
      mesh: { timeouts: { idle: "60s" } },
    },
  ],
  mesh: {
    // While applications move into the mesh: `optional`.
    mode: config.get<MeshMode>("mesh"),
    trustDomain: config.get("trustDomain"),
    proxyResources: { requests: { cpu: "200m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  },
  dns: { mode: config.get<DnsMode>("dns") },
  build: { repository: config.require("repository"), baseImage: config.get("baseImage") },
});

export const urls = egress.urls;
export const stripe = egress.urlFor("api.stripe.com");
