import type { Upstream } from "../../component/args/upstream";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compilePolicy } from "../../component/policy";
import { policyText } from "../../proxy-image/src/contract/policy/files";
import { settingsOf } from "../../component/settings";
import { parsePolicy } from "../../proxy-image/src/contract/policy/validate";

const compile = (...upstreams: Upstream[]) => compilePolicy(settingsOf({ upstreams }));

describe("compilePolicy", () => {
  it("fills in every default", () => {
    assert.deepEqual(compile({ host: "api.stripe.com" }), {
      version: 1,
      domain: "egress.local",
      services: { namespace: "egress", clusterDomain: "cluster.local" },
      mesh: { identitySuffix: "serviceaccount.identity.linkerd.cluster.local" },
      limits: { headerBytes: 32_768, headerFields: 200 },
      upstreams: {
        "api.stripe.com": {
          service: "api-stripe-com",
          port: 443,
          timeouts: { connect: 5_000, response: 60_000, idle: 60_000, stream: 3_600_000 },
          tls: { minVersion: "TLSv1.2" },
          allowedCidrs: [],
          maxConnections: 256,
          maxConnectionAge: 600_000,
          maxRequests: 1_024,
          maxRequestsPerClient: 512,
          retries: { budgetPercent: 20 },
        },
      },
    });
  });

  it("takes over everything that is given, in the proxy's units", () => {
    const allow = [
      { clients: [{ namespace: "shop", serviceAccount: "checkout" }], methods: ["POST"], paths: ["/v1/**"] },
    ];
    const { upstreams } = compile({
      host: "api.stripe.com",
      port: 8443,
      timeouts: { connect: "1s", response: "2s", idle: "3s", total: "1m", websocket: "2h" },
      tls: {
        minVersion: "TLSv1.3",
        serverName: "x.example",
        clientCertificate: { certificate: "c", privateKey: "k" },
      },
      allowedCidrs: ["10.0.0.0/8"],
      allow,
      setHeaders: {
        authorization: { credential: "stripe", prefix: "Bearer " },
        "x-key": { credential: "stripe" },
      },
      retries: { budgetPercent: 0 },
      circuitBreaker: {},
      rateLimit: { requests: 5 },
      maxConnections: 1,
      maxConnectionAge: "1m",
      maxRequests: 2,
      maxRequestsPerClient: 3,
      maxBodyBytes: { request: 4 },
      websockets: true,
    });
    assert.deepEqual(upstreams["api.stripe.com"], {
      service: "api-stripe-com",
      port: 8443,
      timeouts: { connect: 1_000, response: 2_000, idle: 3_000, stream: 3_600_000, total: 60_000 },
      tls: {
        minVersion: "TLSv1.3",
        serverName: "x.example",
        clientCertificate: { certificate: "c", key: "k" },
      },
      allowedCidrs: ["10.0.0.0/8"],
      allow,
      setHeaders: {
        authorization: { credential: "stripe", prefix: "Bearer " },
        "x-key": { credential: "stripe", prefix: "" },
      },
      maxConnections: 1,
      maxConnectionAge: 60_000,
      maxRequests: 2,
      maxRequestsPerClient: 3,
      maxBodyBytes: { request: 4 },
      circuitBreaker: { failures: 10, reset: 10_000 },
      rateLimit: { requests: 5, period: 1_000, burst: 5 },
      websockets: { maxAge: 7_200_000 },
    });
  });

  it("gives a text that the proxy accepts, whatever the order of the arguments", () => {
    const hosts = ["b.example", "*.a.example", "a.example"].map((host) => ({ host, websockets: true }));
    const text = policyText(compile(...hosts));
    assert.deepEqual(Object.keys(parsePolicy(text).upstreams), ["*.a.example", "a.example", "b.example"]);
    assert.equal(text, policyText(compile(...hosts.reverse())));
  });
});
