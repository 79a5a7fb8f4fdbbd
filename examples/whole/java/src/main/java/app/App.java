package app;

import com.pulumi.Pulumi;
import com.pulumi.resources.ComponentResourceOptions;
import io.github.k8segress.EgressLockdown;
import io.github.k8segress.EgressLockdownArgs;
import io.github.k8segress.EgressProxy;
import io.github.k8segress.EgressProxyArgs;
import io.github.k8segress.enums.LockdownMode;
import io.github.k8segress.inputs.*;
import java.util.Map;

public final class App {
  public static void main(String[] args) {
    Pulumi.run(ctx -> {
      var config = ctx.config();

      var egress = new EgressProxy("egress", EgressProxyArgs.builder()
          .upstreams(
              // Only the shop's checkout may create charges, and no application has the key.
              UpstreamArgs.builder()
                  .host("api.stripe.com")
                  .setHeaders(Map.of("authorization",
                      HeaderValueArgs.builder().credential("stripe").prefix("Bearer ").build()))
                  .allow(RuleArgs.builder()
                      .clients(ClientArgs.builder().namespace("shop").serviceAccount("checkout").build())
                      .methods("POST")
                      .paths("/v1/charges")
                      .build())
                  .timeouts(TimeoutsArgs.builder().response("30s").build())
                  .rateLimit(RateLimitArgs.builder().requests(50).period("1s").build())
                  .build(),
              // Sidecars repeat reads once, and a third party that fails is left alone for a while.
              UpstreamArgs.builder()
                  .host("api.github.com")
                  .circuitBreaker(CircuitBreakerArgs.builder().failures(5).reset("10s").build())
                  .mesh(UpstreamMeshArgs.builder()
                      .retries(MeshRetriesArgs.builder().statuses("502-504").limit(1).build())
                      .build())
                  .build(),
              UpstreamArgs.builder()
                  .host("*.ingest.sentry.io")
                  .maxBodyBytes(BodyLimitsArgs.builder().request(1_048_576.0).build())
                  .build())
          .credentials(Map.of("stripe", CredentialArgs.builder().value(config.requireSecret("stripe")).build()))
          .build(ImageBuildArgs.builder().repository(config.require("repository")).build())
          .replicas(3)
          .monitoring(MonitoringArgs.builder().namespaces("monitoring").build())
          .tracing(TracingArgs.builder().endpoint("http://otel-collector.observability.svc:4318").sampleRatio(0.05).build())
          .build());

      // The namespaces of the shop have no other way out of the cluster but to the database.
      new EgressLockdown("lockdown", EgressLockdownArgs.builder()
          .namespaces("shop")
          .mode(LockdownMode.Audit)
          .destinations(DestinationArgs.builder().cidr("10.20.0.5/32").ports(5432).build())
          .auditedNamespaces(egress.auditedNamespaces())
          .build(), ComponentResourceOptions.builder().dependsOn(egress).build());

      ctx.export("urls", egress.urls());
    });
  }
}
