package main

import (
	"github.com/k8s-egress/k8s-egress/sdk/go/k8segress"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		conf := config.New(ctx, "")
		egress, err := k8segress.NewEgressProxy(ctx, "egress", &k8segress.EgressProxyArgs{
			Upstreams: []k8segress.UpstreamArgs{
				{
					// Only the shop's checkout may create charges, and no application has the key.
					Host: "api.stripe.com",
					SetHeaders: map[string]k8segress.HeaderValueArgs{
						"authorization": {Credential: "stripe", Prefix: pulumi.StringRef("Bearer ")},
					},
					Allow: []k8segress.RuleArgs{{
						Clients: []k8segress.ClientArgs{{Namespace: "shop", ServiceAccount: pulumi.StringRef("checkout")}},
						Methods: []string{"POST"},
						Paths:   []string{"/v1/charges"},
					}},
					Timeouts:  &k8segress.TimeoutsArgs{Response: pulumi.StringRef("30s")},
					RateLimit: &k8segress.RateLimitArgs{Requests: 50, Period: pulumi.StringRef("1s")},
				},
				{
					// Sidecars repeat reads once, and a third party that fails is left alone for a while.
					Host:           "api.github.com",
					CircuitBreaker: &k8segress.CircuitBreakerArgs{Failures: pulumi.IntRef(5), Reset: pulumi.StringRef("10s")},
					Mesh: &k8segress.UpstreamMeshArgs{
						Retries: &k8segress.MeshRetriesArgs{Statuses: []string{"502-504"}, Limit: pulumi.IntRef(1)},
					},
				},
				{
					Host:         "*.ingest.sentry.io",
					MaxBodyBytes: &k8segress.BodyLimitsArgs{Request: pulumi.Float64Ref(1_048_576)},
				},
			},
			Credentials: map[string]k8segress.CredentialArgs{"stripe": {Value: conf.RequireSecret("stripe")}},
			Build:       &k8segress.ImageBuildArgs{Repository: pulumi.String(conf.Require("repository"))},
			Replicas:    pulumi.Int(3),
			Monitoring:  &k8segress.MonitoringArgs{Namespaces: []string{"monitoring"}},
			Tracing: &k8segress.TracingArgs{
				Endpoint:    "http://otel-collector.observability.svc:4318",
				SampleRatio: pulumi.Float64Ref(0.05),
			},
		})
		if err != nil {
			return err
		}

		// The namespaces of the shop have no other way out of the cluster but to the database.
		mode := k8segress.LockdownModeAudit
		_, err = k8segress.NewEgressLockdown(ctx, "lockdown", &k8segress.EgressLockdownArgs{
			Namespaces:        []string{"shop"},
			Mode:              &mode,
			Destinations:      []k8segress.DestinationInput{k8segress.DestinationArgs{Cidr: "10.20.0.5/32", Ports: []int{5432}}},
			AuditedNamespaces: egress.AuditedNamespaces,
		}, pulumi.DependsOn([]pulumi.Resource{egress}))
		if err != nil {
			return err
		}

		ctx.Export("urls", egress.Urls)
		return nil
	})
}
