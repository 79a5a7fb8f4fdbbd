import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { EgressProxy } from "../../index";
import { type Cluster, runInPod } from "../cluster";
import { familiesOf } from "../cluster/families";
import { sharedCluster } from "../cluster/shared";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { Stack } from "../harness/stack";
import { type QueryStreams, startQueries } from "./support/queries";
import { type AppPod, startAppPod } from "./support/pod";
import { applyCorefile, readCorefile } from "./support/corefile";
import { until } from "./support/wait";

const LISTED = "api.example.test.egress.local";

describe("egress-dns on a real cluster", { timeout: 600_000 }, () => {
  const shared = sharedCluster();
  let cluster: Cluster;
  let kubectl: Kubectl;
  let stack: Stack;
  let app: AppPod;

  before(async () => {
    cluster = shared();
    kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    stack = new Stack({ kubectl, dockerHost: cluster.dockerHost });
    app = await startAppPod(cluster);
    await up("api.example.test", "*.wild.example.test");
  });
  after(async () => {
    await stack.destroy();
    await app.delete();
  });

  const up = (...hosts: string[]) =>
    stack.up(() => {
      new EgressProxy("egress", {
        upstreams: hosts.map((host) => ({
          host,
          tls: { caCertificates: cluster.thirdPartyCa },
          allowedCidrs: [...cluster.thirdPartyCidrs],
        })),
        build: { repository: `${cluster.registry}/k8s-egress`, baseImage: cluster.images.node },
        mesh: { mode: "none" },
        drain: "5s",
        dns: { image: cluster.images.coredns },
        monitoring: { namespaces: ["shop"] },
      });
    });

  /** Those of the addresses that Services have. */
  const types = () => familiesOf(cluster.families).map((family) => (family === 4 ? "A" : "AAAA"));

  const get = async (path: string): Promise<string> => kubectl(["get", "-n", "egress", ...path.split(" ")]);

  const pods = async (): Promise<{ name: string; ip: string }[]> => {
    const lines = await get(
      `pods -l app.kubernetes.io/name=egress-dns -o jsonpath={range.items[*]}{.metadata.name},{.status.podIP}{"\\n"}{end}`,
    );
    return lines
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(",") as [string, string])
      .map(([name, ip]) => ({ name, ip }));
  };

  /** Queries that the pods have counted. */
  const counted = async (): Promise<number> => {
    const ips = (await pods()).map(({ ip }) => ip);
    const printed = await runInPod(
      cluster,
      { namespace: "shop", name: "app" },
      `let sum = 0;
       for (const ip of ${JSON.stringify(ips)}) {
         const text = await (await fetch("http://" + (ip.includes(":") ? "[" + ip + "]" : ip) + ":9153/metrics")).text();
         for (const [, count] of text.matchAll(/^coredns_dns_requests_total\\{.*\\} (\\S+)$/gm)) sum += Number(count);
       }
       console.log(sum);`,
    );
    return Number(printed);
  };

  /** Each way to its answer: through the cluster's DNS, and straight, over UDP and TCP. */
  const queries = async (): Promise<QueryStreams> => {
    const clusterIp = await get("service egress-dns -o jsonpath={.spec.clusterIP}");
    return startQueries(cluster, { namespace: "shop", name: "app" }, types(), [
      { title: "cluster DNS, UDP", server: cluster.clusterDnsIp, transport: "udp" },
      { title: "egress-dns, UDP", server: clusterIp, transport: "udp" },
      { title: "egress-dns, TCP", server: clusterIp, transport: "tcp" },
    ]);
  };

  /**
   * No query may be lost, or answered wrongly, while `work` ends pods. Except for one answer over UDP for each pod that
   * ends: when it leaves its Service, kube-proxy deletes the flows to it (CleanStaleEntries in pkg/proxy/conntrack), and
   * an answer that is on its way then has the pod's address and not the Service's, so that the client drops it. The
   * cluster's DNS repeats that query.
   */
  const losesNothing = async (
    print: (line: string) => void,
    ended: number,
    work: () => Promise<unknown>,
  ): Promise<void> => {
    const streams = await queries();
    try {
      await sleep(2_000);
      await work();
      await until("pods that were told to end to be gone", async () => (await pods()).length === 2);
      await sleep(3_000);
    } finally {
      const results = await streams.stop();
      for (const { title, sent, lost, wrong, repeated, slowest } of results) {
        print(
          `${title}: ${sent} sent, ${lost} lost, ${wrong} wrong, ${repeated} repeated, slowest ${slowest} ms`,
        );
      }
      for (const { title, sent, lost, wrong, repeated } of results) {
        assert.ok(sent > 200, `${title}: ${sent} sent`);
        assert.equal(wrong, 0, `${title}: ${wrong} wrong`);
        const onTheWay = title.endsWith("UDP") ? ended : 0;
        assert.ok(lost + repeated <= onTheWay, `${title}: ${lost} lost, ${repeated} repeated`);
        // Who asks the cluster's DNS notices no more than a pause.
        if (title.startsWith("cluster DNS")) assert.equal(lost, 0, `${title}: ${lost} lost`);
      }
    }
  };

  it("serves a name with its last dot, which spares the search domains", async () => {
    const { status, body } = await app.request(`http://${LISTED}./`);
    assert.equal(status, 200, body);
  });

  it("answers for a family itself that the cluster's Services do not have", async () => {
    const corefile = await get(
      "configmap -l app.kubernetes.io/name=egress-dns -o jsonpath={.items[*].data.Corefile}",
    );
    for (const type of ["A", "AAAA"] as const) {
      const isThere = types().includes(type);
      assert.equal(corefile.includes(`template IN ${type} {`), !isThere);
      assert.equal((await app.resolve(LISTED, type)).records?.length, isThere ? 1 : 0, type);
    }
  });

  it("answers the same where the cluster's DNS makes AAAA records for what has none (DNS64)", async () => {
    const { corefile } = await readCorefile(kubectl);
    const manager = "cluster-addons";
    const apply = (text: string) => applyCorefile(kubectl, text, { manager, force: true });
    // Beside the one of an IPv6-only cluster: here for clients with IPv4 too.
    const dns64 = "dns64 {\n        allow_ipv4\n    }\n";
    const changed = corefile.replace(/( {4}dns64 .*\n)?( {4}forward \. )/, `    ${dns64}$2`);
    assert.notEqual(changed, corefile);
    const host = "public.example.test";
    const isTranslated = async () => {
      const { records } = await app.resolve(host, "AAAA");
      return records?.some((one) => String(one).startsWith("64:ff9b::")) === true;
    };
    try {
      await apply(changed);
      await until("AAAA records of the cluster's DNS", isTranslated);
      for (const type of ["A", "AAAA"] as const) {
        const { records } = await app.resolve(LISTED, type);
        assert.equal(records?.length, types().includes(type) ? 1 : 0, type);
        assert.ok(!String(records).startsWith("64:ff9b::"), String(records));
      }
    } finally {
      await apply(corefile);
    }
    if (cluster.families === "ipv6") return;
    await until("the cluster's DNS as before", async () => !(await isTranslated()));
  });

  it("loses no query while the zone changes", async (test) => {
    const before = (await pods()).map(({ name }) => name);
    await losesNothing(
      (line) => test.diagnostic(line),
      before.length,
      () => up("api.example.test", "*.wild.example.test", "second.example.test"),
    );
    assert.deepEqual(
      (await pods()).filter(({ name }) => before.includes(name)),
      [],
    );
    assert.equal((await app.resolve("second.example.test.egress.local", types()[0]!)).records?.length, 1);
  });

  it("loses no query while a node is drained, which takes one pod at a time", async (test) => {
    const [first, second] = await pods();
    const evict = ({ name }: { name: string }) =>
      kubectl(
        ["create", "--raw", `/api/v1/namespaces/egress/pods/${name}/eviction`, "-f", "-"],
        JSON.stringify({
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name, namespace: "egress" },
        }),
      );
    await losesNothing(
      (line) => test.diagnostic(line),
      1,
      async () => {
        await evict(first!);
        await assert.rejects(evict(second!), /disruption budget/);
        await kubectl(["rollout", "status", "-n", "egress", "deployment/egress-dns", "--timeout=60s"]);
      },
    );
  });

  it("counts its queries at a port of its pods", async () => {
    const before = await counted();
    await app.resolve(`${Date.now()}.wild.example.test.egress.local`, types()[0]!);
    assert.ok((await counted()) > before);
  });

  it("takes no other name with it while it is gone", async () => {
    const scale = async (replicas: number) => {
      const deployment = ["deployment/egress-dns", "-n", "egress"];
      await kubectl(["scale", ...deployment, `--replicas=${replicas}`]);
      await kubectl(["rollout", "status", ...deployment, "--timeout=60s"]);
    };
    await scale(0);
    try {
      await until("its pods to end", async () => (await pods()).length === 0);
      const egress = app.resolve(`${Date.now()}.wild.example.test.egress.local`, types()[0]!);
      for (let count = 0; count < 5; count++) {
        const name = "kubernetes.default.svc.cluster.local";
        assert.equal((await app.resolve(name, types()[0]!)).records?.length, 1);
      }
      // The way round it: the Service's own name.
      assert.equal((await app.request("http://api-example-test.egress/")).status, 200);
      assert.equal((await egress).records, undefined);
    } finally {
      await scale(2);
    }
  });

  it("ends a query that a Service sends round between it and the cluster's DNS", async (test) => {
    const none = { clusterIP: null, clusterIPs: null, ipFamilies: null, ipFamilyPolicy: null };
    const spec = { type: "ExternalName", externalName: LISTED, ...none };
    await kubectl([
      ...["patch", "service", "-n", "egress", "api-example-test", "--type=merge"],
      ...["-p", JSON.stringify({ spec })],
    ]);
    // Past the time for which the old answer is remembered.
    await sleep(31_000);
    const before = await counted();
    await app.resolve(LISTED, types()[0]!);
    await sleep(5_000);
    const once = (await counted()) - before;
    await sleep(3_000);
    const later = (await counted()) - before - once;
    test.diagnostic(`${once} queries for one, ${later} in the 3 s after it`);
    // A few are the stub domain's proofs.
    assert.ok(once < 10_000 && later < 100, "it still goes round");
  });
});
