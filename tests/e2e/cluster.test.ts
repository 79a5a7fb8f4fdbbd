import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import {
  apply,
  attachCluster,
  checkPolicies,
  forgetSeen,
  instance,
  kubectl,
  requestFromPod,
  runInPod,
  seenByThirdParties,
  startClientPod,
  startCluster,
  stopCluster,
} from "../cluster";
import type { ClientPod, Cluster, SeenRequest } from "../cluster";
import { familiesOf } from "../cluster/families";
import { policiesWanted } from "../cluster/policies";
import { run } from "../cluster/programs/run";
import { sharedCluster } from "../cluster/shared";
import { readState } from "../cluster/state";
import { namespacesInUse, namespacesOf, tracesOnHost } from "../cluster/traces";

const NAMESPACE = "cluster-test";
const skip = !policiesWanted() && "K8S_EGRESS_POLICIES=off";

describe("the embedded cluster", () => {
  const cluster = sharedCluster();
  let pod: ClientPod;

  /** The cluster's own first one. */
  const family = () => familiesOf(cluster().families)[0];

  before(async () => {
    pod = await startClientPod(cluster(), { namespace: NAMESPACE, name: "client" });
  });

  it("has a ready node of the version that it says", async () => {
    const node = await kubectl(cluster(), ["get", "nodes", "--no-headers"]);
    assert.match(node, /^node\s+Ready\s/);
    assert.ok(node.includes(` v${cluster().kubernetes}`), node);
  });

  it("lets one look into a pod's log and run programs in it", async () => {
    assert.equal(await kubectl(cluster(), ["-n", NAMESPACE, "logs", pod.name]), "ready\n");
    assert.equal(await runInPod(cluster(), pod, "console.log(process.version.split('.')[0])"), "v24\n");
  });

  it("resolves services and third parties, and says at once that other names do not exist", async () => {
    const script = `
      import { lookup } from "node:dns/promises";
      const began = performance.now();
      const names = ["kubernetes.default", "api.example.test", "example.com"];
      const family = ${family()};
      const answers = names.map((name) => lookup(name, { family }).then((found) => found.address, (error) => error.code));
      console.log(JSON.stringify([await Promise.all(answers), performance.now() - began]));`;
    const [answers, milliseconds] = JSON.parse(await runInPod(cluster(), pod, script)) as [string[], number];
    const expected = {
      4: ["10.96.0.1", "198.51.100.129", "ENOTFOUND"],
      6: ["fd00:10:96::1", "2001:db8:51:100:1::129", "ENOTFOUND"],
    };
    assert.deepEqual(answers, expected[family()]);
    assert.ok(milliseconds < 2000, `took ${milliseconds} ms`);
  });

  it("loses no DNS query by UDP, also of those that share a socket", async () => {
    // As musl and glibc ask: A and AAAA at once; both packets wait for the verdict of the NetworkPolicies' engine. While
    // policies change, because a hook of netfilter that goes takes all packets in queues with it.
    const metadata = { name: "changing", namespace: NAMESPACE };
    const spec = { podSelector: {}, policyTypes: ["Egress"], egress: [{}] };
    const change = (annotations: Record<string, string>) =>
      apply(cluster(), [
        {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicy",
          metadata: { ...metadata, annotations },
          spec,
        },
      ]);
    const script = `
      import { createSocket } from "node:dgram";
      const name = "\\x0akubernetes\\x07default\\x03svc\\x07cluster\\x05local\\x00";
      const query = (id, type) => Buffer.from([0, id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...Buffer.from(name), 0, type, 0, 1]);
      const lost = () => new Promise((resolve) => {
        const socket = createSocket("udp${family()}");
        const missing = new Set([1, 28]);
        const end = () => { clearTimeout(timer); socket.close(); resolve(missing.size); };
        const timer = setTimeout(end, 3000);
        socket.on("message", (answer) => { missing.delete(answer[1]); if (missing.size === 0) end(); });
        socket.connect(53, "${cluster().clusterDnsIp}", () => {
          for (const type of missing) socket.send(query(type, type));
        });
      });
      let sum = 0;
      const end = performance.now() + 6000;
      while (performance.now() < end)
        for (const count of await Promise.all(Array.from({ length: 16 }, lost))) sum += count;
      console.log(sum);`;
    const asking = runInPod(cluster(), pod, script);
    for (let count = 0; count < 15; count++) await change({ count: `${count}` });
    assert.equal(await asking, "0\n");
    await kubectl(cluster(), ["-n", NAMESPACE, "delete", "networkpolicy", metadata.name]);
  });

  it("reaches a third party by verified TLS, which records what it saw", async () => {
    await forgetSeen(cluster());
    const response = await requestFromPod(cluster(), pod, "https://api.example.test/v1/charges?a=1", {
      method: "POST",
      body: "hello",
    });
    assert.equal(response.status, 200);
    const echoed = JSON.parse(response.body) as SeenRequest;
    assert.equal(echoed.method, "POST");
    assert.equal(echoed.path, "/v1/charges?a=1");
    assert.equal(echoed.serverName, "api.example.test");
    assert.equal(echoed.bodyLength, 5);
    assert.deepEqual(await seenByThirdParties(cluster(), "api.example.test"), [echoed]);
    assert.deepEqual(await seenByThirdParties(cluster(), "second.example.test"), []);
  });

  it("reaches a third party that has IPv4 only, through a translator (NAT64) where the cluster has none", async () => {
    const { status, body, error } = await requestFromPod(cluster(), pod, "https://public.example.test/");
    assert.equal(status, 200, error);
    assert.equal((JSON.parse(body) as SeenRequest).serverName, "public.example.test");
  });

  const refusals = {
    "wrong-name.example.test": "ERR_TLS_CERT_ALTNAME_INVALID",
    "self-signed.example.test": "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "expired.example.test": "CERT_HAS_EXPIRED",
    "closed.example.test": "ECONNREFUSED",
  };
  for (const [host, reason] of Object.entries(refusals)) {
    it(`has a third party that a client must refuse: ${host}`, async () => {
      const { status, error } = await requestFromPod(cluster(), pod, `https://${host}/`);
      assert.deepEqual({ status, error }, { status: 0, error: reason });
    });
  }

  it("builds an image and runs it", async () => {
    const directory = await mkdtemp(join(tmpdir(), "cluster-test-"));
    const { dockerHost: DOCKER_HOST, registry, images } = cluster();
    const tag = `${registry}/cluster-test:1`;
    const env = { ...process.env, DOCKER_HOST };
    try {
      await writeFile(
        join(directory, "Dockerfile"),
        `FROM ${images.node}\nRUN ["node", "--version"]\nCMD ["node", "--eval", "console.log('built')"]\n`,
      );
      await run("docker", ["build", "--tag", tag, directory], { env });
      await run("docker", ["push", tag], { env });
    } finally {
      await rm(directory, { recursive: true });
    }
    const pod = (...args: string[]): Promise<string> => kubectl(cluster(), ["-n", NAMESPACE, ...args]);
    // Not attached: a program that ends at once may be gone before kubectl has its output.
    await pod("run", "built", "--restart=Never", `--image=${tag}`);
    await pod("wait", "pod/built", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s");
    assert.match(await pod("logs", "built"), /^built$/m);
    await pod("delete", "pod", "built", "--wait=false");
  });
});

describe("a cluster of its own", () => {
  const other = instance("k8s-egress-cluster-test");
  let traces: Set<string>;
  let own: Cluster;

  before(async () => {
    await stopCluster(other);
    traces = new Set(await tracesOnHost());
    own = await startCluster({ instance: other, families: "dual" });
  });
  after(() => stopCluster(other));

  it("says which families it has, and is no other's", async () => {
    assert.equal((await attachCluster(other))?.families, "dual");
    assert.deepEqual(await startCluster({ instance: other }), own);
    await assert.rejects(
      startCluster({ instance: other, families: "ipv6" }),
      /is dual, not ipv6: stop it first/,
    );
  });

  it("is found out when its NetworkPolicies are not enforced", { skip }, async () => {
    await checkPolicies(own);
    const { daemons } = (await readState(other))!;
    const { pid } = daemons.find(({ name }) => name === "network-policies")!;
    // The daemon is nsenter's child.
    const [engine] = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).split(" ");
    process.kill(Number(engine), "SIGKILL");
    await assert.rejects(checkPolicies(own), /not enforced: an allowed connection is blocked/);
    const [enter, ...args] = own.enter as [string, ...string[]];
    for (const command of ["iptables", "ip6tables"])
      for (const chain of ["INPUT", "POSTROUTING"])
        await run(enter, [...args, command, "-t", "mangle", "-F", chain]);
    await assert.rejects(checkPolicies(own), /not enforced: a forbidden connection passes/);
  });

  it("leaves nothing behind when it is stopped", async () => {
    const { enter } = own;
    const holder = Number(enter[enter.indexOf("--target") + 1]);
    const namespaces = await namespacesOf(holder);
    assert.ok(namespaces.size > 8, `two pods and their cluster have more than ${namespaces.size} namespaces`);

    await stopCluster(other);
    const left = (await tracesOnHost()).filter((trace) => !traces.has(trace));
    assert.deepEqual(left, []);
    const inhabited = [...(await namespacesInUse())].filter((namespace) => namespaces.has(namespace));
    assert.deepEqual(inhabited, []);
    assert.equal(await attachCluster(other), undefined);
  });
});
