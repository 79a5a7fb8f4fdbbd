/** A path as a hostile client may send it. */
export const HOSTILE = `/<img src=x onerror="window.hit=true"><script>window.hit=true</script>`;

const wave = (seed: number, at: number) =>
  Math.abs(Math.sin(at / 9 + seed) + Math.sin(at / 4 + seed * 2) / 3);

/** The state of a dashboard with so many third parties. */
export function stateOf(count: number, path = "/v1/refunds"): object {
  const upstreams = Array.from({ length: count }, (_, at) => {
    const spark = Array.from(
      { length: 60 },
      (_, point) => Math.round(wave(at, point) * (40 / (at + 1)) * 100) / 100,
    );
    return {
      name: at === 2 ? "*.ingest.sentry.io" : `api-${at}.example.com`,
      requestsPerSecond: spark.at(-1),
      deniedPerSecond: at === 1 ? 0.5 : 0,
      success: at === 3 ? 0.93 : at === 4 ? 0.985 : 1,
      p50: 20 + at * 3,
      p99: 180 + at * 60,
      inFlight: at % 4,
      breaker: at === 3 ? "open" : at === 5 ? undefined : "closed",
      spark,
    };
  });
  return {
    proxy: "egress/egress",
    at: "2027-01-01T12:00:00.000Z",
    pods: 2,
    upstreams,
    denials: [
      {
        time: "2027-01-01T11:59:41.000Z",
        client: "shop/checkout",
        method: "POST",
        host: "api-1.example.com",
        path,
        failure: "request-denied",
        rule: 'add to the `allow` of api-1.example.com: { clients: [{ namespace: "shop", serviceAccount: "checkout" }], methods: ["POST"], paths: ["/v1/refunds"] }',
      },
      {
        time: "2027-01-01T11:58:02.000Z",
        client: "shop/web",
        method: "GET",
        host: "api-1.example.com",
        path: "/a//b",
        failure: "ambiguous-path",
      },
    ],
    health: [
      {
        level: "ok",
        subject: "policy",
        text: `ConfigMap egress/egress-policy-3e5a8e7f3f5e, ${count} upstreams, in all pods`,
      },
      { level: "ok", subject: "proxy pods", text: "2 of 2 ready" },
      {
        level: "warning",
        subject: "dns pods",
        text: "1 of 2 ready: egress-dns-b (coredns: CrashLoopBackOff)",
        remedy: "kubectl -n egress describe pod egress-dns-b",
      },
      {
        level: "error",
        subject: "stub domain",
        text: "degraded: somebody else took the block out",
        remedy: "the runbook says what to do in each state",
      },
    ],
  };
}

/** The certificates of one of them. */
export function certificatesOf(
  name: string,
  { issuer = "C=US, O=Example Trust Services, CN=Root R1", until = "2029-02-20T14:00:00.000Z" } = {},
): object {
  return {
    chain: {
      host: name,
      seen: "2027-01-01T11:20:04.000Z",
      certificates: [
        {
          subject: `CN=${name}`,
          issuer: "C=US, O=Example Trust Services, CN=WR3",
          from: "2026-11-20T08:12:00.000Z",
          until: "2027-02-18T08:11:59.000Z",
        },
        {
          subject: "C=US, O=Example Trust Services, CN=WR3",
          issuer,
          from: "2023-12-13T09:00:00.000Z",
          until,
        },
      ],
    },
  };
}

/** One of them. */
export function detailOf(name: string): object {
  const line = (scale: number) =>
    Array.from({ length: 120 }, (_, at) => (at > 50 && at < 60 ? null : wave(1, at) * scale));
  return {
    name,
    row: { requestsPerSecond: 12.3, success: 0.985, breaker: "closed" },
    rates: line(20),
    p50: line(40),
    p99: line(200),
    clients: [
      { client: "shop/checkout", requestsPerSecond: 11, success: 1, deniedPerSecond: 0 },
      { client: "shop/web", requestsPerSecond: 1.3, success: 0.9, deniedPerSecond: 0.5 },
    ],
    statuses: [
      { status: "200", requests: 2_950 },
      { status: "503", requests: 45 },
    ],
    certificateExpires: Date.parse("2027-02-18T08:11:59.000Z") / 1_000,
    settings: [
      ["port", "443"],
      ["time limits", "connect 5 s, response 60 s, idle 60 s"],
      ["limits per pod", "1024 requests, 256 connections"],
    ],
    rules: [
      '{ clients: [{ namespace: "shop", serviceAccount: "checkout" }], methods: ["POST"], paths: ["/v1/charges"] }',
    ],
  };
}
