using System.Collections.Generic;
using K8sEgress.K8sEgress;
using K8sEgress.K8sEgress.Inputs;
using Pulumi;

return await Deployment.RunAsync(() =>
{
    var config = new Config();

    var egress = new EgressProxy("egress", new()
    {
        Upstreams =
        [
            new UpstreamArgs
            {
                // Only the shop's checkout may create charges, and no application has the key.
                Host = "api.stripe.com",
                SetHeaders = new() { ["authorization"] = new HeaderValueArgs { Credential = "stripe", Prefix = "Bearer " } },
                Allow =
                [
                    new RuleArgs
                    {
                        Clients = [new ClientArgs { Namespace = "shop", ServiceAccount = "checkout" }],
                        Methods = ["POST"],
                        Paths = ["/v1/charges"],
                    },
                ],
                Timeouts = new TimeoutsArgs { Response = "30s" },
                RateLimit = new RateLimitArgs { Requests = 50, Period = "1s" },
            },
            new UpstreamArgs
            {
                // Sidecars repeat reads once, and a third party that fails is left alone for a while.
                Host = "api.github.com",
                CircuitBreaker = new CircuitBreakerArgs { Failures = 5, Reset = "10s" },
                Mesh = new UpstreamMeshArgs { Retries = new MeshRetriesArgs { Statuses = ["502-504"], Limit = 1 } },
            },
            new UpstreamArgs { Host = "*.ingest.sentry.io", MaxBodyBytes = new BodyLimitsArgs { Request = 1_048_576 } },
        ],
        Credentials = new() { ["stripe"] = new CredentialArgs { Value = config.RequireSecret("stripe") } },
        Build = new ImageBuildArgs { Repository = config.Require("repository") },
        Replicas = 3,
        Monitoring = new MonitoringArgs { Namespaces = ["monitoring"] },
        Tracing = new TracingArgs { Endpoint = "http://otel-collector.observability.svc:4318", SampleRatio = 0.05 },
    });

    // The namespaces of the shop have no other way out of the cluster but to the database.
    _ = new EgressLockdown("lockdown", new()
    {
        Namespaces = ["shop"],
        Mode = LockdownMode.Audit,
        Destinations = [new DestinationArgs { Cidr = "10.20.0.5/32", Ports = [5432] }],
        AuditedNamespaces = egress.AuditedNamespaces,
    }, new ComponentResourceOptions { DependsOn = { egress } });

    return new Dictionary<string, object?> { ["urls"] = egress.Urls };
});
