import pulumi
import k8s_egress

egress = k8s_egress.EgressProxy(
    "egress",
    upstreams=[{"host": "api.stripe.com"}, {"host": "*.ingest.sentry.io"}],
    build={"repository": "registry.example.com/platform/egress-proxy"},
)

pulumi.export("stripe", egress.urls["api.stripe.com"])  # http://api.stripe.com.egress.local
