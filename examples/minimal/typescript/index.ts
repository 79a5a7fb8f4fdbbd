import { EgressProxy } from "k8s-egress";

const egress = new EgressProxy("egress", {
  upstreams: [{ host: "api.stripe.com" }, { host: "*.ingest.sentry.io" }],
  build: { repository: "registry.example.com/platform/egress-proxy" },
});

export const stripe = egress.urlFor("api.stripe.com"); // http://api.stripe.com.egress.local
