import * as pulumi from "@pulumi/pulumi";
import { EgressLockdown, EgressProxy, LockdownMode } from "k8s-egress";

const config = new pulumi.Config();

const egress = new EgressProxy("egress", {
  upstreams: [
    {
      // Only the shop's checkout may create charges, and no application has the key.
      host: "api.stripe.com",
      setHeaders: { authorization: { credential: "stripe", prefix: "Bearer " } },
      allow: [
        {
          clients: [{ namespace: "shop", serviceAccount: "checkout" }],
          methods: ["POST"],
          paths: ["/v1/charges"],
        },
      ],
      timeouts: { response: "30s" },
      rateLimit: { requests: 50, period: "1s" },
    },
    {
      // Sidecars repeat reads once, and a third party that fails is left alone for a while.
      host: "api.github.com",
      circuitBreaker: { failures: 5, reset: "10s" },
      mesh: { retries: { statuses: ["502-504"], limit: 1 } },
    },
    { host: "*.ingest.sentry.io", maxBodyBytes: { request: 1_048_576 } },
  ],
  credentials: { stripe: { value: config.requireSecret("stripe") } },
  build: { repository: config.require("repository") },
  replicas: 3,
  monitoring: { namespaces: ["monitoring"] },
  tracing: { endpoint: "http://otel-collector.observability.svc:4318", sampleRatio: 0.05 },
});

// The namespaces of the shop have no other way out of the cluster but to the database.
new EgressLockdown(
  "lockdown",
  {
    namespaces: ["shop"],
    mode: LockdownMode.Audit,
    destinations: [{ cidr: "10.20.0.5/32", ports: [5432] }],
    auditedNamespaces: egress.auditedNamespaces,
  },
  { dependsOn: [egress] },
);

export const urls = egress.urls;
