package main

import (
	"github.com/k8s-egress/k8s-egress/sdk/go/k8segress"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		egress, err := k8segress.NewEgressProxy(ctx, "egress", &k8segress.EgressProxyArgs{
			Upstreams: []k8segress.UpstreamArgs{{Host: "api.stripe.com"}, {Host: "*.ingest.sentry.io"}},
			Build:     &k8segress.ImageBuildArgs{Repository: pulumi.String("registry.example.com/platform/egress-proxy")},
		})
		if err != nil {
			return err
		}
		// http://api.stripe.com.egress.local
		ctx.Export("stripe", egress.Urls.MapIndex(pulumi.String("api.stripe.com")))
		return nil
	})
}
