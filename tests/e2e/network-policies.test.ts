import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Cluster } from "../cluster";
import { familiesOf, type Family } from "../cluster/families";
import { policiesWanted } from "../cluster/policies";
import { type ClusterInUse, useCluster } from "../cluster/shared";
import { type Packet, send } from "./network-policies/packets";
import { PROBES } from "./network-policies/probes";
import { type Rule, rulesOf } from "./network-policies/rules";
import { endScene, nodePortOfProxy, type Parties, program, startScene } from "./network-policies/scene";

/** A rule without ports opens these as well. */
const ANY_PORTS = [
  { protocol: "TCP", port: 80 },
  { protocol: "UDP", port: 53 },
] as const;

/** Policies and new pods take a moment to be known. */
const ATTEMPTS = 4;

interface Expected extends Omit<Packet, "host"> {
  readonly family: Family;
  readonly from: string;
  readonly to: string;
  readonly passes: boolean;
}

const skip = !policiesWanted() && "K8S_EGRESS_POLICIES=off";

describe("each rule of the NetworkPolicies", { timeout: 600_000, skip }, () => {
  let inUse: ClusterInUse;
  let cluster: Cluster;
  let rules: Map<string, Rule>;
  let parties: Parties;

  before(async () => {
    inUse = await useCluster();
    cluster = inUse.cluster;
    const { resources, names } = await program(cluster);
    rules = new Map(rulesOf(resources, names).map((rule) => [rule.text, rule]));
    parties = await startScene(cluster, resources);
  });
  after(async () => {
    await endScene(cluster);
    await inUse.release();
  });

  it("has a probe, and each probe a rule", () => {
    assert.deepEqual([...rules.keys()].sort(), Object.keys(PROBES).sort());
  });

  for (const [text, { family, peer, dropped }] of Object.entries(PROBES)) {
    it(text, async (test) => {
      const families = familiesOf(cluster.families).filter((one) => family === undefined || one === family);
      if (families.length === 0) {
        test.skip(`the cluster has no IPv${family}`);
        return;
      }
      const { subject, direction, ports } = rules.get(text)!;
      const exchange = (other: string, port: Packet["port"], protocol: Packet["protocol"], self = subject) =>
        direction === "sends"
          ? { from: self, to: other, port, protocol }
          : { from: other, to: self, port, protocol };
      const none = dropped.map((line) => {
        const [party, protocol, port] = line.split(" ") as [string, Packet["protocol"], string];
        return { party, protocol, port: Number(port) };
      });
      const passes = (ports.length > 0 ? ports : ANY_PORTS).map(({ port, protocol }) =>
        exchange(peer, port, protocol),
      );
      // The same to or from a pod without policies: what is dropped was on a way that leads there.
      const control = none.map(({ party, port, protocol }) => exchange(party, port, protocol, "open"));
      const drops = none.map(({ party, port, protocol }) => exchange(party, port, protocol));
      await expectPackets(
        [
          ...[...passes, ...control].map((packet) => ({ ...packet, passes: true })),
          ...drops.map((packet) => ({ ...packet, passes: false })),
        ].flatMap((packet) => families.map((family) => ({ ...packet, family }))),
      );
    });
  }

  it("applies behind a port of the node, by the sender's own address", async () => {
    const port = await nodePortOfProxy(cluster);
    const packet = { to: "node", port, protocol: "TCP" as const };
    await expectPackets(
      [
        { ...packet, from: "client", passes: true },
        { ...packet, from: "otherNode", passes: true },
        { ...packet, from: "stranger", passes: false },
        // The node's own port leads a locked pod to a pod, which it may reach.
        { ...packet, from: "lockdown", passes: true },
      ].flatMap((one) => familiesOf(cluster.families).map((family) => ({ ...one, family }))),
    );
  });

  async function expectPackets(expected: readonly Expected[]): Promise<void> {
    const wanted = new Map(expected.map((one) => [describePacket(one), one.passes]));
    let found = new Map<string, boolean | string>();
    for (let attempt = 0; attempt < ATTEMPTS && !same(found, wanted); attempt++)
      found = new Map((await Promise.all(bySender(expected).map(sendAll))).flat());
    assert.deepEqual(found, wanted);
  }

  async function sendAll(packets: readonly Expected[]): Promise<[string, boolean | string][]> {
    const { from, family } = packets[0]!;
    const sender = party(from).sender!(family);
    const sent = packets.map(({ to, port, protocol }) => ({ host: addressOf(to, family), port, protocol }));
    const results = await send(cluster, sender, sent);
    return packets.map((packet, index) => [describePacket(packet), results[index]!]);
  }

  function addressOf(name: string, family: Family): string {
    const host = party(name).hosts[family];
    if (host === undefined) throw new Error(`${name} has no address of IPv${family}`);
    return host;
  }

  function party(name: string) {
    const found = parties[name];
    if (!found) throw new Error(`nobody is called ${name}`);
    return found;
  }
});

function describePacket({ from, to, protocol, port, family }: Expected): string {
  return `${from} → ${to} ${protocol} ${port} IPv${family}`;
}

function bySender(packets: readonly Expected[]): Expected[][] {
  const ofSender = ({ from, family }: Expected) => `${from} IPv${family}`;
  const senders = new Set(packets.map(ofSender));
  return [...senders].map((sender) => packets.filter((packet) => ofSender(packet) === sender));
}

function same(found: Map<string, unknown>, wanted: Map<string, unknown>): boolean {
  return [...wanted].every(([key, value]) => found.get(key) === value);
}
