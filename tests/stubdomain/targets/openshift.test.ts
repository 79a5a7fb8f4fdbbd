import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DnsOperator } from "../../../proxy-image/src/stubdomain/cluster/cluster";
import { TakenError, TargetError } from "../../../proxy-image/src/stubdomain/targets/error";
import { openshift } from "../../../proxy-image/src/stubdomain/targets/openshift";
import { obeysTheLaws } from "./laws";

const { format } = openshift;
const operator = (spec: DnsOperator["spec"] = {}): DnsOperator => ({
  metadata: { namespace: "", name: "default" },
  spec,
});
const entry = (domain: string, owner: string | undefined, spec = {}) =>
  openshift.entry(
    { domain, forwardTo: "172.30.3.4", marker: `egress-stub-domain/${domain}`, owner },
    { object: operator(spec), corefile: undefined },
  );
const OWN = entry("egress.local", "0a1b2c3d");
const CORP = {
  name: "corp-server",
  zones: ["corp.example", "corp.test"],
  forwardPlugin: { policy: "Sequential", upstreams: ["10.1.1.1", "10.1.1.2:5353"], protocolStrategy: "TCP" },
};

describe("the servers of OpenShift's DNS operator", () => {
  obeysTheLaws(format, { "somebody's": JSON.stringify([CORP]), none: "[]" }, [
    OWN,
    entry("out.example", undefined),
  ]);

  it("have a name by RFC 6335, which is the owner's", () => {
    assert.deepEqual(JSON.parse(OWN), {
      name: "egress-0a1b2c3d",
      zones: ["egress.local"],
      forwardPlugin: { upstreams: ["172.30.3.4"] },
    });
    assert.match((JSON.parse(entry("a.local", undefined)) as { name: string }).name, /^egress-[0-9a-f]{8}$/);
    assert.equal(format.ownerOf(OWN), "0a1b2c3d");
  });

  it("are found with the API server's defaults in them", () => {
    const stored = JSON.parse(format.insert(JSON.stringify([CORP]), OWN)) as {
      forwardPlugin: Record<string, unknown>;
    }[];
    for (const { forwardPlugin } of stored) {
      Object.assign(forwardPlugin, { policy: forwardPlugin.policy ?? "Random", transportConfig: {} });
    }
    const text = JSON.stringify(stored);
    assert.ok(format.isOurs(text, OWN));
    assert.deepEqual(JSON.parse(format.remove(text, OWN)), [
      { ...CORP, forwardPlugin: { ...CORP.forwardPlugin, transportConfig: {} } },
    ]);
  });

  it("are not taken from somebody", () => {
    const theirs = JSON.stringify([{ ...CORP, zones: ["corp.example", "Egress.Local"] }]);
    assert.throws(() => format.insert(theirs, OWN), TakenError);
    assert.throws(() => format.find(theirs, "egress.local"), /not one of ours/);
    assert.throws(
      () => format.insert(JSON.stringify([{ ...CORP, name: "egress-0a1b2c3d" }]), OWN),
      TakenError,
    );
  });

  it("are refused where ours was changed by hand", () => {
    const text = format.insert("[]", OWN);
    for (const [from, to] of [
      ["172.30.3.4", "1.1.1.1"],
      ['"egress.local"', '"egress.local","also.local"'],
    ] as const) {
      assert.throws(() => format.remove(text.replace(from, to), OWN), /changed by hand/);
    }
  });

  it("are refused where nobody would read them", () => {
    assert.throws(() => entry("egress.local", undefined, { managementState: "Unmanaged" }), /Unmanaged/);
    assert.throws(() => format.insert('{"a":1}', OWN), TargetError);
    assert.throws(() => format.insert("[1]", OWN), TargetError);
    for (const text of ["", "{}", '{"name":"x","zones":[]}', "null"])
      assert.throws(() => format.domainOf(text), TargetError);
  });
});
