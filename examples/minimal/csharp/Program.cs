using System.Collections.Generic;
using K8sEgress.K8sEgress;
using K8sEgress.K8sEgress.Inputs;

return await Pulumi.Deployment.RunAsync(() =>
{
    var egress = new EgressProxy("egress", new()
    {
        Upstreams = [new UpstreamArgs { Host = "api.stripe.com" }, new UpstreamArgs { Host = "*.ingest.sentry.io" }],
        Build = new ImageBuildArgs { Repository = "registry.example.com/platform/egress-proxy" },
    });

    return new Dictionary<string, object?>
    {
        ["stripe"] = egress.Urls.Apply(urls => urls["api.stripe.com"]), // http://api.stripe.com.egress.local
    };
});
