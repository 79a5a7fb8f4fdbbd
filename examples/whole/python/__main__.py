import pulumi
import k8s_egress

config = pulumi.Config()

egress = k8s_egress.EgressProxy(
    "egress",
    upstreams=[
        # Only the shop's checkout may create charges, and no application has the key.
        k8s_egress.UpstreamArgs(
            host="api.stripe.com",
            set_headers={"authorization": k8s_egress.HeaderValueArgs(credential="stripe", prefix="Bearer ")},
            allow=[
                k8s_egress.RuleArgs(
                    clients=[k8s_egress.ClientArgs(namespace="shop", service_account="checkout")],
                    methods=["POST"],
                    paths=["/v1/charges"],
                )
            ],
            timeouts=k8s_egress.TimeoutsArgs(response="30s"),
            rate_limit=k8s_egress.RateLimitArgs(requests=50, period="1s"),
        ),
        # Sidecars repeat reads once, and a third party that fails is left alone for a while.
        k8s_egress.UpstreamArgs(
            host="api.github.com",
            circuit_breaker=k8s_egress.CircuitBreakerArgs(failures=5, reset="10s"),
            mesh=k8s_egress.UpstreamMeshArgs(retries=k8s_egress.MeshRetriesArgs(statuses=["502-504"], limit=1)),
        ),
        k8s_egress.UpstreamArgs(host="*.ingest.sentry.io", max_body_bytes=k8s_egress.BodyLimitsArgs(request=1_048_576)),
    ],
    credentials={"stripe": k8s_egress.CredentialArgs(value=config.require_secret("stripe"))},
    build=k8s_egress.ImageBuildArgs(repository=config.require("repository")),
    replicas=3,
    monitoring=k8s_egress.MonitoringArgs(namespaces=["monitoring"]),
    tracing=k8s_egress.TracingArgs(endpoint="http://otel-collector.observability.svc:4318", sample_ratio=0.05),
)

# The namespaces of the shop have no other way out of the cluster but to the database.
k8s_egress.EgressLockdown(
    "lockdown",
    namespaces=["shop"],
    mode=k8s_egress.LockdownMode.AUDIT,
    destinations=[k8s_egress.DestinationArgs(cidr="10.20.0.5/32", ports=[5432])],
    audited_namespaces=egress.audited_namespaces,
    opts=pulumi.ResourceOptions(depends_on=[egress]),
)

pulumi.export("urls", egress.urls)
