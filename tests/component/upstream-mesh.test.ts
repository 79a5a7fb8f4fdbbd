import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EgressProxy, type Upstream, type UpstreamMesh } from "../../index";
import { meshRoutes, serviceAnnotations } from "../../component/upstream-mesh";
import { checkArguments } from "../../component/validation/arguments";
import { warningsOf } from "../../component/warnings";
import { runProgram } from "../harness/monitor";

const image = `registry.example.com/egress@sha256:${"a".repeat(64)}`;

const everything: UpstreamMesh = {
  retries: { statuses: ["502", "503-504"], limit: 2, timeout: "1s", methods: ["GET", "PUT"] },
  circuitBreaker: { maxFailures: 20, minPenalty: "2s", maxPenalty: "5m", jitterRatio: 0.25 },
  timeouts: { idle: "30s", request: "10s", response: "4s" },
};

describe("the mesh of an upstream", () => {
  it("is nothing where nothing is said", () => {
    assert.deepEqual(serviceAnnotations(), {});
    assert.deepEqual(meshRoutes(), []);
    assert.deepEqual(serviceAnnotations({ retries: { statuses: ["503"] } }), {});
    assert.deepEqual(meshRoutes({ circuitBreaker: {}, timeouts: { idle: "1s" } }), []);
  });

  it("is annotations of the Service, in Linkerd's spelling", () => {
    assert.deepEqual(serviceAnnotations(everything), {
      "timeout.linkerd.io/idle": "30s",
      "timeout.linkerd.io/request": "10s",
      "timeout.linkerd.io/response": "4s",
      "balancer.linkerd.io/failure-accrual": "consecutive",
      "balancer.linkerd.io/failure-accrual-consecutive-max-failures": "20",
      "balancer.linkerd.io/failure-accrual-consecutive-min-penalty": "2s",
      "balancer.linkerd.io/failure-accrual-consecutive-max-penalty": "5m",
      "balancer.linkerd.io/failure-accrual-consecutive-jitter-ratio": "0.25",
    });
    assert.deepEqual(serviceAnnotations({ circuitBreaker: {} }), {
      "balancer.linkerd.io/failure-accrual": "consecutive",
    });
  });

  it("repeats GET and HEAD only, unless told otherwise, and has a route for what is not repeated", () => {
    const [other, retried] = meshRoutes({ retries: { statuses: ["502", "504"] } });
    assert.deepEqual(retried, {
      name: "retried",
      annotations: { "retry.linkerd.io/http": "502,504", "retry.linkerd.io/limit": "1" },
      matches: [{ method: "GET" }, { method: "HEAD" }],
    });
    assert.deepEqual(other, {
      name: "other",
      annotations: {},
      matches: [{ path: { type: "PathPrefix", value: "/" } }],
    });
    assert.deepEqual(meshRoutes(everything)[1], {
      name: "retried",
      annotations: {
        "retry.linkerd.io/http": "502,503-504",
        "retry.linkerd.io/limit": "2",
        "retry.linkerd.io/timeout": "1s",
      },
      matches: [{ method: "GET" }, { method: "PUT" }],
    });
  });

  it("becomes children of frozen names in this order, attached to the upstream's Service, and no part of the policy", async () => {
    const upstreams = [{ host: "api.stripe.com", mesh: everything }, { host: "api.github.com" }];
    const { resources } = await runProgram(() => {
      new EgressProxy("egress", { upstreams, image });
    });
    const routes = resources.filter(({ type }) => type.endsWith(":HTTPRoute"));
    assert.deepEqual(
      routes.map(({ type, name }) => `${type} ${name}`),
      [
        "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute egress-api-stripe-com-other",
        "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute egress-api-stripe-com-retried",
      ],
    );
    for (const { inputs } of routes) {
      const { metadata, spec } = inputs as {
        metadata: { name: string; namespace: string };
        spec: { parentRefs: object[] };
      };
      assert.match(metadata.name, /^api-stripe-com-(?:retried|other)$/);
      assert.equal(metadata.namespace, "egress");
      assert.deepEqual(spec.parentRefs, [{ group: "", kind: "Service", name: "api-stripe-com", port: 80 }]);
    }
    const service = resources.find(({ name }) => name === "egress-api-stripe-com")!.inputs as {
      metadata: { annotations: Record<string, string> };
    };
    assert.equal(service.metadata.annotations["timeout.linkerd.io/idle"], "30s");
    const policy = resources.find(({ name }) => name === "egress-policy")!.inputs as { data: object };
    assert.doesNotMatch(JSON.stringify(policy.data), /retried|statuses|30s/);
  });
});

describe("the mesh of an upstream is checked as Linkerd reads it", () => {
  const problems = (mesh: unknown, mode?: string): string[] => {
    const upstreams = [{ host: "api.stripe.com", mesh }];
    return checkArguments("egress", { upstreams, image, mesh: { mode } } as never)
      .report("x")
      .split("\n")
      .slice(1)
      .map((line) => line.trim())
      .filter(Boolean);
  };

  it("accepts what is right", () => {
    assert.deepEqual(problems(everything), []);
    for (const statuses of [["5xx"], ["gateway-error"], ["429", "500-599"], ["503-503"]])
      assert.deepEqual(problems({ retries: { statuses } }), [], statuses.join());
  });

  const wrong: [unknown, RegExp][] = [
    ["retry", /^upstreams\[0\]\.mesh: is "retry"; write it as in/],
    [{ retry: {} }, /^upstreams\[0\]\.mesh\.retry: is not an argument/],
    [{ retries: {} }, /^upstreams\[0\]\.mesh\.retries\.statuses: is missing; give a list of "503"/],
    [{ retries: { statuses: [] } }, /mesh\.retries\.statuses: is empty; .*`retries` can be left out/],
    [{ retries: { statuses: "5xx" } }, /mesh\.retries\.statuses: is "5xx"; give a list/],
    ...["200", "5XX", "503 ", " 503", "502,503", "504-502", "5x", "600", "500-600", "gateway", ""].map(
      (status): [unknown, RegExp] => [
        { retries: { statuses: ["503", status] } },
        /mesh\.retries\.statuses\[1\]: is ".*"; give "503", "502-504"/,
      ],
    ),
    [{ retries: { statuses: [503] } }, /mesh\.retries\.statuses\[0\]: is 503; give "503"/],
    [
      { retries: { statuses: ["503"], limit: 0 } },
      /mesh\.retries\.limit: is 0; give an integer from 1 to 10/,
    ],
    [{ retries: { statuses: ["503"], limit: 1.5 } }, /mesh\.retries\.limit: is 1\.5/],
    [
      { retries: { statuses: ["503"], timeout: "1.5s" } },
      /mesh\.retries\.timeout: "1\.5s" is not a duration/,
    ],
    [{ retries: { statuses: ["503"], timeout: "0s" } }, /mesh\.retries\.timeout: "0s" is out of range/],
    [
      { retries: { statuses: ["503"], methods: ["get"] } },
      /mesh\.retries\.methods\[0\]: is "get"; give "GET"/,
    ],
    [{ retries: { statuses: ["503"], methods: ["TRACE"] } }, /mesh\.retries\.methods\[0\]/],
    [
      { retries: { statuses: ["503"], methods: [] } },
      /mesh\.retries\.methods: is empty; .*left out, GET and HEAD are/,
    ],
    [{ circuitBreaker: { failures: 3 } }, /mesh\.circuitBreaker\.failures: is not an argument/],
    [{ circuitBreaker: { maxFailures: 0 } }, /mesh\.circuitBreaker\.maxFailures: is 0/],
    [{ circuitBreaker: { jitterRatio: 101 } }, /mesh\.circuitBreaker\.jitterRatio: is 101; give a number/],
    [{ circuitBreaker: { jitterRatio: "0.5" } }, /mesh\.circuitBreaker\.jitterRatio: is "0\.5"/],
    [{ circuitBreaker: { jitterRatio: NaN } }, /mesh\.circuitBreaker\.jitterRatio: is NaN/],
    [
      { circuitBreaker: { minPenalty: "2m" } },
      /mesh\.circuitBreaker\.minPenalty: is 120000 ms, more than maxPenalty, 60000 ms/,
    ],
    [{ circuitBreaker: { maxPenalty: "500ms" } }, /mesh\.circuitBreaker\.minPenalty: is 1000 ms/],
    [
      { circuitBreaker: { maxPenalty: "soon" } },
      /mesh\.circuitBreaker\.maxPenalty: "soon" is not a duration/,
    ],
    [{ timeouts: { connect: "1s" } }, /mesh\.timeouts\.connect: is not an argument/],
    [{ timeouts: { idle: 30 } }, /mesh\.timeouts\.idle: 30 is not a duration/],
  ];
  for (const [mesh, message] of wrong) {
    it(`refuses ${JSON.stringify(mesh)}`, () => {
      const found = problems(mesh);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!, message);
    });
  }

  it("refuses it where there is no mesh", () => {
    assert.deepEqual(problems({ timeouts: { idle: "30s" } }, "none"), [
      'upstreams[0].mesh: means nothing while mesh.mode is "none"; leave it out.',
    ]);
  });
});

describe("warnings", () => {
  const of = (upstream: Partial<Upstream>): string[] =>
    warningsOf({ upstreams: [{ host: "a.example" }, { host: "b.example", ...upstream }], image });

  it("say where the mesh cuts an answer that the proxy would let stream on", () => {
    for (const key of ["request", "response"] as const) {
      const mesh = { timeouts: { [key]: "10s" } };
      const [warning, ...others] = of({ mesh });
      assert.deepEqual(others, []);
      assert.match(
        warning!,
        new RegExp(
          `^upstreams\\[1\\]\\.mesh\\.timeouts\\.${key}: resets answers .* after 10s; .*timeouts\\.total: "10s"`,
        ),
      );
      assert.equal(of({ mesh, timeouts: { total: "11s" } }).length, 1);
      assert.deepEqual(of({ mesh, timeouts: { total: "10s" } }), []);
    }
  });

  it("are silent about everything else", () => {
    assert.deepEqual(of({ mesh: { timeouts: { idle: "1s" }, retries: { statuses: ["503"] } } }), []);
  });
});
