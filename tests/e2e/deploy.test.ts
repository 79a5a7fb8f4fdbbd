import assert from "node:assert/strict";
import { isIP, isIPv6 } from "node:net";
import { after, before, describe, it } from "node:test";
import { EgressProxy, type EgressProxyArgs, type Upstream } from "../../index";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";
import { type Cluster, setAddresses, THIRD_PARTIES } from "../cluster";
import { familiesOf, type Family } from "../cluster/families";
import { sharedCluster } from "../cluster/shared";
import { addressesOf } from "../cluster/third-parties/names";
import { type Kubectl, kubectlFor } from "../harness/kubernetes";
import { Stack } from "../harness/stack";
import { applyCorefile, type CorefileState, readCorefile } from "./support/corefile";
import { installLinkerdCrds, removeLinkerdCrds } from "./support/linkerd-crds";
import { type AppPod, startAppPod } from "./support/pod";
import { until } from "./support/wait";

const ADDRESS_TYPES = [
  ["A", 4],
  ["AAAA", 6],
] as const;

/** An IPv4 address as DNS64 writes it, in the spelling of c-ares. */
function translated(address: string): string | undefined {
  if (isIPv6(address)) return undefined;
  const [a, b, c, d] = address.split(".").map(Number) as [number, number, number, number];
  return new URL(`http://[64:ff9b::${a}.${b}.${c}.${d}]`).hostname.slice(1, -1);
}

/** Field manager with which the cluster's own Corefile is applied. */
const COREFILE_OWNER = "cluster-addons";

interface Echo {
  method: string;
  path: string;
  serverName: string;
  headers: Record<string, string>;
}

describe("an EgressProxy on a real cluster", { timeout: 900_000 }, () => {
  const shared = sharedCluster();
  let cluster: Cluster;
  let kubectl: Kubectl;
  let stack: Stack;
  let app: AppPod;
  let untouched: CorefileState;

  before(async () => {
    cluster = shared();
    kubectl = kubectlFor(cluster.kubectl, cluster.kubeconfig);
    stack = new Stack({ kubectl, dockerHost: cluster.dockerHost });
    app = await startAppPod(cluster);
    untouched = await readCorefile(kubectl);
  });
  after(async () => {
    await stack.destroy();
    await app.delete();
  });

  const upstream = (host: string, more: Partial<Upstream> = {}): Upstream => ({
    host,
    tls: { caCertificates: cluster.thirdPartyCa },
    allowedCidrs: [...cluster.thirdPartyCidrs],
    ...more,
  });

  /** The arguments that the tests share; `dns` and `upstreams` vary. */
  const args = (more: Partial<EgressProxyArgs>): EgressProxyArgs => ({
    upstreams: [upstream("api.example.test"), upstream("*.wild.example.test")],
    build: { repository: `${cluster.registry}/k8s-egress`, baseImage: cluster.images.node },
    mesh: { mode: "none" },
    drain: "5s",
    ...more,
    dns: { ...(more.dns?.mode !== "none" && { image: cluster.images.coredns }), ...more.dns },
  });

  /** What carries this package's label. */
  const remains = () =>
    kubectl([
      "get",
      "all,configmaps,secrets,serviceaccounts,roles,rolebindings,poddisruptionbudgets,networkpolicies,namespaces,validatingadmissionpolicies,validatingadmissionpolicybindings",
      "--all-namespaces",
      "--selector=app.kubernetes.io/part-of=k8s-egress",
      "--output=name",
    ]);

  const clusterIps = async (service: string): Promise<string[]> => {
    const path = "jsonpath={.spec.clusterIPs}";
    return JSON.parse(await kubectl(["get", "service", "-n", "egress", service, "-o", path])) as string[];
  };

  const isOfCluster = (family: Family) => familiesOf(cluster.families).includes(family);

  const up = (more: Partial<EgressProxyArgs>, name = "egress") =>
    stack.up(() => {
      const { urls, image, stubDomain } = new EgressProxy(name, args(more));
      return { urls, image, stubDomain };
    });

  describe('with dns.mode "none"', () => {
    it("answers under the Services' own names", async () => {
      const upstreams = [
        upstream("api.example.test"),
        upstream("wrong-name.example.test"),
        upstream("self-signed.example.test"),
        upstream("closed.example.test"),
        upstream("silent.example.test", { timeouts: { connect: "1s" } }),
        { host: "second.example.test", tls: { caCertificates: cluster.thirdPartyCa } },
        { host: "public.example.test", tls: { caCertificates: cluster.thirdPartyCa } },
        { host: "tls12.example.test", tls: { caCertificates: cluster.thirdPartyCa } },
      ];
      const { result } = await up({ upstreams, dns: { mode: "none" } });
      assert.match(result.image, /@sha256:[0-9a-f]{64}$/);
      const url = result.urls["api.example.test"]!;
      assert.equal(url, "http://api-example-test.egress.svc.cluster.local");
      const { status, body } = await app.request(`${url}/v1/charges?limit=3`);
      assert.equal(status, 200, body);
      const echo = JSON.parse(body!) as Echo;
      assert.equal(echo.path, "/v1/charges?limit=3");
      assert.equal(echo.serverName, "api.example.test");
      assert.equal(echo.headers.host, "api.example.test");
    });

    it("answers under a Service's short name from its own namespace's view", async () => {
      const { status } = await app.request("http://api-example-test.egress/");
      assert.equal(status, 200);
    });

    it("refuses a Host that is not listed, whatever Service carries it", async () => {
      const { status, headers, body } = await app.request("http://api-example-test.egress/", {
        headers: { host: "evil.example.test.egress.local" },
      });
      assert.equal(status, 403);
      assert.match(headers!["content-type"]!, /^application\/problem\+json/);
      assert.ok((JSON.parse(body!) as { title: string }).title);
    });

    for (const [host, expected] of [
      ["wrong-name.example.test", 502],
      ["self-signed.example.test", 502],
      ["closed.example.test", 502],
      ["silent.example.test", 504],
      // Resolves to a range that this upstream does not allow.
      ["second.example.test", 502],
    ] as const) {
      it(`answers ${expected} with the reason for ${host}`, async () => {
        const service = host.replaceAll("-", "--").replaceAll(".", "-");
        const { status, headers, body } = await app.request(`http://${service}.egress/`);
        assert.equal(status, expected, body);
        assert.match(headers!["content-type"]!, /^application\/problem\+json/);
        assert.doesNotMatch(body!, /198\.51\.100|2001:db8| {4}at /);
      });
    }

    it("calls a third party that has IPv4 only, through a translator (NAT64) where the cluster has none", async () => {
      const { status, body } = await app.request("http://public-example-test.egress/");
      assert.equal(status, 200, body);
      assert.equal((JSON.parse(body!) as Echo).serverName, "public.example.test");
    });

    describe("whose third party's name leads elsewhere", () => {
      const host = "tls12.example.test";
      after(() => setAddresses(cluster, host, addressesOf(THIRD_PARTIES[host], cluster.families)));

      for (const address of ["169.254.169.254", "10.96.0.1", "fd00:ec2::254", "fd00:10:96::1"]) {
        it(`refuses a third party at ${address}, with DNS64 below the translator's prefix too`, async () => {
          await setAddresses(cluster, host, [address]);
          const type = isIPv6(address) || !isOfCluster(4) ? "AAAA" : "A";
          await until("the other address", async () => {
            const { records } = await app.resolve(host, type);
            return records?.length === 1 && [address, translated(address)].includes(records[0] as string);
          });
          // While the proxy's own answers, of both types, are not all of one time, the failure can be another.
          await until("the refusal of its address", async () => {
            const { status, headers, body } = await app.request("http://tls12-example-test.egress/");
            assert.equal(status, 502, body);
            return headers!["proxy-status"]!.includes("destination_ip_prohibited");
          });
        });
      }
    });

    it("leaves kube-system alone", async () => {
      assert.deepEqual(await readCorefile(kubectl), untouched);
    });
  });

  describe('with dns.mode "manual"', () => {
    let dnsIp: string;

    before(async () => {
      const upstreams = ["api.example.test", "*.wild.example.test", "deep.a.wild.example.test"].map((host) =>
        upstream(host),
      );
      const { result } = await up({ upstreams, dns: { mode: "manual" } });
      dnsIp = (await clusterIps("egress-dns"))[0]!;
      assert.equal(result.stubDomain, stubBlock({ domain: "egress.local", port: 53, forwardTo: dnsIp }));
    });

    it("resolves each listed name to its Service", async () => {
      for (const [name, service] of [
        ["api.example.test", "api-example-test"],
        ["x.wild.example.test", "wildcard---wild-example-test"],
        ["y.x.wild.example.test", "wildcard---wild-example-test"],
        ["deep.a.wild.example.test", "deep-a-wild-example-test"],
        // Below and above a name that exists, where a wildcard of DNS itself would end.
        ["a.wild.example.test", "wildcard---wild-example-test"],
        ["other.a.wild.example.test", "wildcard---wild-example-test"],
        ["x.deep.a.wild.example.test", "wildcard---wild-example-test"],
      ] as const) {
        const ips = await clusterIps(service);
        assert.equal(ips.length, familiesOf(cluster.families).length);
        for (const [type, family] of ADDRESS_TYPES) {
          // Its CNAME, and no error: NXDOMAIN here would take the other type's answer with it in musl and .NET.
          const records = ips.filter((ip) => isIP(ip) === family);
          assert.deepEqual(await app.resolve(`${name}.egress.local`, type, dnsIp), { records }, name);
        }
      }
    });

    it("has no such name for what is not listed", async () => {
      for (const name of ["example.test", "wild.example.test", "api.example.test.x", "evil.test"]) {
        const answer = await app.resolve(`${name}.egress.local`, "A", dnsIp);
        assert.ok(["ENOTFOUND", "ENODATA"].includes(answer.code!), `${name}: ${JSON.stringify(answer)}`);
      }
      assert.deepEqual(await app.resolve("evil.test.egress.local", "A", dnsIp), { code: "ENOTFOUND" });
    });

    it("is no resolver for other names", async () => {
      assert.equal((await app.resolve("api.example.test", "A", dnsIp)).code, "EREFUSED");
    });

    it("leaves kube-system alone", async () => {
      assert.deepEqual(await readCorefile(kubectl), untouched);
    });
  });

  describe('with dns.mode "stubDomain"', () => {
    it("answers under the egress name, and not for what is not listed", async () => {
      await up({});
      const { status, body } = await app.request("http://api.example.test.egress.local/v1/x");
      assert.equal(status, 200, body);
      assert.equal((JSON.parse(body!) as Echo).serverName, "api.example.test");
      const wild = await app.request("http://a.wild.example.test.egress.local/");
      assert.equal((JSON.parse(wild.body!) as Echo).serverName, "a.wild.example.test");
      assert.equal((await app.request("http://evil.example.test.egress.local/")).error, "ENOTFOUND");
      const type = isOfCluster(4) ? "A" : "AAAA";
      assert.equal((await app.resolve("kubernetes.default.svc.cluster.local", type)).records?.length, 1);
    });

    it("creates one Service and replaces policy and zone for one upstream more", async () => {
      const upstreams = ["api.example.test", "*.wild.example.test", "second.example.test"].map((host) =>
        upstream(host),
      );
      const { changes } = await up({ upstreams });
      assert.deepEqual(changes.created.map((key) => key.replace(/-[0-9a-f]{12}$/, "")).sort(), [
        "ConfigMap egress/egress-policy",
        "ConfigMap egress/egress-zone",
        "Service egress/second-example-test",
      ]);
      assert.deepEqual(changes.deleted.map((key) => key.replace(/-[0-9a-f]{12}$/, "")).sort(), [
        "ConfigMap egress/egress-policy",
        "ConfigMap egress/egress-zone",
      ]);
      assert.equal((await app.request("http://second.example.test.egress.local/")).status, 200);
    });

    it("stops to resolve and to admit a removed upstream", async () => {
      await up({});
      await until("the name to be forgotten", async () => {
        return (await app.request("http://second.example.test.egress.local/")).error === "ENOTFOUND";
      });
      const { status } = await app.request("http://api-example-test.egress/", {
        headers: { host: "second.example.test.egress.local" },
      });
      assert.equal(status, 403);
    });

    it("moves to another domain", async () => {
      await up({ domain: "out.example.internal" });
      assert.equal((await app.request("http://api.example.test.out.example.internal/")).status, 200);
      assert.equal((await app.request("http://api.example.test.egress.local/")).error, "ENOTFOUND");
      const { corefile } = await readCorefile(kubectl);
      assert.ok(!corefile.includes("egress.local"), corefile);
    });

    it("stands beside another instance, and goes without it", async () => {
      const second = new Stack({ kubectl, dockerHost: cluster.dockerHost });
      try {
        await second.up(
          () => new EgressProxy("other", args({ namespace: "other", domain: "other.example.internal" })).urls,
        );
        assert.equal((await app.request("http://api.example.test.other.example.internal/")).status, 200);
        assert.equal((await app.request("http://api.example.test.out.example.internal/")).status, 200);
      } finally {
        await second.destroy();
      }
      assert.equal((await app.request("http://api.example.test.out.example.internal/")).status, 200);
      assert.equal((await app.request("http://api.example.test.other.example.internal/")).error, "ENOTFOUND");
    });

    it("leaves the Corefile and its owners byte for byte as they were, and nothing else of its own", async () => {
      await stack.destroy();
      assert.deepEqual(await readCorefile(kubectl), untouched);
      assert.equal(await remains(), "");
    });

    it("lets the Corefile's owner apply again without force", async () => {
      const manager = COREFILE_OWNER;
      await applyCorefile(kubectl, `${untouched.corefile}# changed by its owner\n`, { manager });
      await applyCorefile(kubectl, untouched.corefile, { manager });
    });
  });

  describe("under an addon upgrade", () => {
    const manager = "addon-upgrade";
    const upgraded = () => `# upgraded\n${untouched.corefile}`;

    it("puts the stub domain back after the Corefile was overwritten", async () => {
      await up({});
      await applyCorefile(kubectl, upgraded(), { manager, force: true });
      await until("the stub domain", async () =>
        (await readCorefile(kubectl)).corefile.includes("egress.local:53"),
      );
      await until("the name to resolve again", async () => {
        return (await app.request("http://api.example.test.egress.local/")).status === 200;
      });
    });

    it("leaves what the upgrade wrote, in the upgrade's hands", async () => {
      await stack.destroy();
      assert.equal((await readCorefile(kubectl)).corefile, upgraded());
      await applyCorefile(kubectl, untouched.corefile, { manager });
    });
  });

  describe("that can't work", () => {
    it("shows why the controller refuses the cluster's DNS, and changes nothing", async () => {
      const manager = COREFILE_OWNER;
      await applyCorefile(kubectl, untouched.corefile.replace(/^\s*reload.*\n/m, ""), {
        manager,
        force: true,
      });
      const before = await readCorefile(kubectl);
      try {
        await assert.rejects(up({}), /egress-stub-domain.*no server block has the plugin "reload"/s);
        assert.deepEqual(await readCorefile(kubectl), before);
      } finally {
        await stack.destroy();
        await applyCorefile(kubectl, untouched.corefile, { manager, force: true });
        // It has loaded the Corefile without `reload`, and so would never notice that it is back.
        await kubectl(["rollout", "restart", "deployment/coredns", "-n", "kube-system"]);
        await kubectl(["rollout", "status", "deployment/coredns", "-n", "kube-system", "--timeout=60s"]);
      }
    });

    it("shows that there is no sidecar where the mesh is required", async () => {
      await installLinkerdCrds(cluster);
      try {
        await assert.rejects(
          up({ dns: { mode: "none" }, mesh: { mode: "required", admissionPolicy: false } }),
          /container proxy .*sidecar/s,
        );
      } finally {
        await stack.destroy();
        await removeLinkerdCrds(cluster);
      }
    });
  });
});
