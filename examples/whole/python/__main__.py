import pulumi
import k8s_egress as k8s

config = pulumi.Config()

egress = k8s.EgressProxy(
    "egress",
    upstreams=[
        # Only the shop's checkout may create charges, and no application has the key.
        k8s.UpstreamArgs(
            host="api.stripe.com",
            set_headers={"authorization": k8s.HeaderValueArgs(credential="stripe", prefix="Bearer ")},
            allow=[
                k8s.RuleArgs(
                    clients=[k8s.ClientArgs(namespace="shop", service_account="checkout")],
                    methods=["POST"],
                    paths=["/v1/charges"],
                )
            ],
            timeouts=k8s.TimeoutsArgs(response="30s"),
            rate_limit=k8s.RateLimitArgs(requests=50, period="1s"),
        ),
        # Sidecars repeat reads once, and a third party that fails is left alone for a while.
        k8s.UpstreamArgs(
            host="api.github.com",
            circuit_breaker=k8s.CircuitBreakerArgs(failures=5, reset="10s"),
            mesh=k8s.UpstreamMeshArgs(retries=k8s.MeshRetriesArgs(statuses=["502-504"], limit=1)),
        ),
        k8s.UpstreamArgs(host="*.ingest.sentry.io", max_body_bytes=k8s.BodyLimitsArgs(request=1_048_576)),
    ],
    credentials={"stripe": k8s.CredentialArgs(value=config.require_secret("stripe"))},
    build=k8s.ImageBuildArgs(repository=config.require("repository")),
    replicas=3,
    monitoring=k8s.MonitoringArgs(namespaces=["monitoring"]),
)

# The namespaces of the shop have no other way out of the cluster but to the database.
k8s.EgressLockdown(
    "lockdown",
    namespaces=["shop"],
    mode=k8s.LockdownMode.AUDIT,
    destinations=[k8s.DestinationArgs(cidr="10.20.0.5/32", ports=[5432])],
    audited_namespaces=egress.audited_namespaces,
    opts=pulumi.ResourceOptions(depends_on=[egress]),
)

pulumi.export("urls", egress.urls)
