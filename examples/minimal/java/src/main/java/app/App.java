package app;

import com.pulumi.Pulumi;
import io.github.k8segress.EgressProxy;
import io.github.k8segress.EgressProxyArgs;
import io.github.k8segress.inputs.ImageBuildArgs;
import io.github.k8segress.inputs.UpstreamArgs;

public final class App {
  public static void main(String[] args) {
    Pulumi.run(ctx -> {
      var egress = new EgressProxy("egress", EgressProxyArgs.builder()
          .upstreams(
              UpstreamArgs.builder().host("api.stripe.com").build(),
              UpstreamArgs.builder().host("*.ingest.sentry.io").build())
          .build(ImageBuildArgs.builder().repository("registry.example.com/platform/egress-proxy").build())
          .build());
      // http://api.stripe.com.egress.local
      ctx.export("stripe", egress.urls().applyValue(urls -> urls.get("api.stripe.com")));
    });
  }
}
