import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import type { EgressLockdownArgs } from "../../component/args/lockdown";
import { checkLockdown } from "../../component/lockdown/validation";

/** The lines of the report, without its head. */
function problems(args: unknown, name = "lockdown"): string[] {
  const found = checkLockdown(name, args as EgressLockdownArgs);
  return found.any
    ? found
        .report("x")
        .split("\n")
        .slice(1)
        .map((line) => line.trim())
    : [];
}

const destination = { cidr: "10.20.0.5/32", ports: [5432] };

const cases: { args: object; path: string; says: RegExp }[] = [
  {
    args: { namespaces: undefined },
    path: "namespaces",
    says: /is missing; give a list, such as \["shop"\]/,
  },
  { args: { namespaces: [] }, path: "namespaces", says: /is empty; give a list.*nothing is locked down/ },
  { args: { namespaces: "shop" }, path: "namespaces", says: /is "shop"; give a list/ },
  { args: { namespaces: ["Shop"] }, path: "namespaces[0]", says: /not a namespace's name/ },
  { args: { namespaces: ["shop", "shop"] }, path: "namespaces[1]", says: /is also namespaces\[0\]/ },
  { args: { namespaces: ["kube-system"] }, path: "namespaces[0]", says: /holds the cluster's DNS/ },
  { args: { namespaces: ["linkerd"] }, path: "namespaces[0]", says: /holds Linkerd's control plane/ },
  {
    args: { namespaces: ["mesh"], mesh: { controlPlaneNamespace: "mesh" } },
    path: "namespaces[0]",
    says: /holds Linkerd's control plane/,
  },
  { args: { namespaces: ["egress"] }, path: "namespaces[0]", says: /is the proxy's own/ },
  {
    args: { namespaces: ["out"], proxyNamespace: "out" },
    path: "namespaces[0]",
    says: /is the proxy's own/,
  },
  {
    args: { namespaces: pulumi.output(["shop"]) },
    path: "namespaces",
    says: /is an Output.*give a plain value/,
  },
  { args: { mode: "block" }, path: "mode", says: /give one of "audit", "enforce"/ },
  { args: { mode: pulumi.output("audit") }, path: "mode", says: /is an Output/ },
  { args: { proxyNamespace: "" }, path: "proxyNamespace", says: /not a namespace's name/ },
  { args: { destinations: ["10.0.0.0/8"] }, path: "destinations[0]", says: /write it as in \{ cidr:/ },
  {
    args: { destinations: [{ ...destination, cidr: "10.0.0.1" }] },
    path: "destinations[0].cidr",
    says: /not a range in CIDR notation/,
  },
  {
    args: { destinations: [{ ...destination, cidr: "0.0.0.0/0" }] },
    path: "destinations[0].cidr",
    says: /is everything, so nothing would be locked down/,
  },
  { args: { destinations: [{ cidr: "10.0.0.1/32" }] }, path: "destinations[0].ports", says: /is missing/ },
  {
    args: { destinations: [{ ...destination, ports: [] }] },
    path: "destinations[0].ports",
    says: /is empty; give a list, such as \[5432\]: without a port nothing there can be reached/,
  },
  {
    args: { destinations: [{ ...destination, ports: ["https"] }] },
    path: "destinations[0].ports[0]",
    says: /is "https"; give an integer from 1 to 65535/,
  },
  {
    args: { destinations: [{ ...destination, port: 1 }] },
    path: "destinations[0].port",
    says: /is not an argument; there are cidr, ports/,
  },
  { args: { dnsAddresses: ["fe80::1%eth0"] }, path: "dnsAddresses[0]", says: /not an IP address/ },
  { args: { admissionPolicy: "yes" }, path: "admissionPolicy", says: /give true or false/ },
  { args: { labels: { team: 7 } }, path: "labels", says: /give texts by name/ },
  { args: { mesh: false }, path: "mesh", says: /write it as in \{ enabled: false \}/ },
  { args: { mesh: { enabled: 1 } }, path: "mesh.enabled", says: /give true or false/ },
  {
    args: { mesh: { enabled: false, proxyUid: 7 } },
    path: "mesh.proxyUid",
    says: /means nothing while mesh\.enabled is false/,
  },
  {
    args: { admissionPolicy: false, mesh: { proxyImage: "r.example.com/proxy" } },
    path: "mesh.proxyImage",
    says: /means nothing while admissionPolicy is false/,
  },
  { args: { mesh: { tlsRoutes: "no" } }, path: "mesh.tlsRoutes", says: /give true or false/ },
  { args: { mesh: { proxyUid: 0 } }, path: "mesh.proxyUid", says: /from 1 to 2147483647/ },
  {
    args: { mesh: { proxyImage: "cr.l5d.io/linkerd/proxy:stable" } },
    path: "mesh.proxyImage",
    says: /no image without its tag/,
  },
  { args: { mesh: { proxyImage: 'x" || true' } }, path: "mesh.proxyImage", says: /no image without its tag/ },
  { args: { namespace: ["shop"] }, path: "namespace", says: /is not an argument; there are namespaces,/ },
];

describe("checkLockdown", () => {
  it("accepts the least and the most", () => {
    assert.deepEqual(problems({ namespaces: ["shop"] }), []);
    // Empty lists mean none.
    assert.deepEqual(problems({ namespaces: ["shop"], destinations: [], dnsAddresses: [] }), []);
    const most: EgressLockdownArgs = {
      namespaces: ["shop", "linkerd"],
      mode: "audit",
      proxyNamespace: "out",
      destinations: [destination, { cidr: "fd00::/64", ports: [443, 8443] }],
      dnsAddresses: [],
      mesh: {
        enabled: true,
        controlPlaneNamespace: "mesh",
        tlsRoutes: false,
        proxyUid: 3000,
        proxyImage: "registry.example.com:5000/linkerd/proxy",
      },
      admissionPolicy: true,
      labels: pulumi.output({ team: "shop" }),
    };
    assert.deepEqual(problems(most), []);
  });

  for (const { args, path, says } of cases) {
    it(`${path}: ${says.source}`, () => {
      const found = problems({ namespaces: ["shop"], ...args });
      assert.equal(found.length, 1, found.join("\n"));
      assert.ok(found[0]!.startsWith(`${path}: `), found[0]);
      assert.match(found[0]!, says);
    });
  }

  it("refuses a name that makes no Kubernetes name, and arguments that are none", () => {
    assert.match(problems({ namespaces: ["shop"] }, "Lock down")[0] ?? "", /^name: "Lock down" becomes/);
    assert.match(problems(undefined)[0] ?? "", /^args: is undefined; give \{ namespaces/);
  });

  it("reports every mistake at once", () => {
    assert.equal(problems({ namespaces: ["kube-system", "A"], mode: 1, destinations: [{}] }).length, 5);
  });
});
