import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createSocket } from "node:dgram";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";
import { ask, type DnsServer } from "../../proxy-image/src/stubdomain/dns/ask";
import { dnsQuery } from "../../proxy-image/src/stubdomain/dns/message";
import { answerWith, dnsServer, type TestDnsServer } from "../stubdomain/dns-servers";
import { coreDns } from "./support/coredns-verdicts";

/** Of the cluster's DNS in this test; nothing else uses it. */
const PORT = 15_353;

describe("a stub domain whose DNS server does not answer, in the real CoreDNS", () => {
  const clusterDns: DnsServer = { address: "127.0.0.1", ports: { udp: PORT, tcp: PORT } };
  const question = (name: string) => ask(clusterDns, "udp", { name, type: "A" });
  let egressDns: TestDnsServer;
  let isSilent = false;
  let child: ChildProcess;
  let directory: string;

  before(async () => {
    egressDns = await dnsServer((query) => {
      if (isSilent) return [];
      const end = query.indexOf(0, 12) + 5;
      const name = query.subarray(12, end - 4);
      const address = Buffer.from([192, 0, 2, 7]);
      const answer = answerWith(query.subarray(0, end), [["placeholder", 1, address]]);
      // The placeholder becomes the name that was asked for; a time to live of a second, so that it is soon stale.
      const fixed = Buffer.from([0, 1, 0, 1, 0, 0, 0, 1, 0, 4]);
      return [Buffer.concat([answer.subarray(0, end), name, fixed, address])];
    });
    directory = await mkdtemp(join(tmpdir(), "k8s-egress-block-"));
    const others = `.:${PORT} {\n  errors\n  template IN A {\n    answer "{{ .Name }} 5 IN A 192.0.2.1"\n  }\n}\n`;
    const forwardTo = `127.0.0.1:${egressDns.server.ports.udp!}`;
    const file = join(directory, "Corefile");
    await writeFile(file, `${others}\n${stubBlock({ domain: "egress.local", port: PORT, forwardTo })}`);
    child = spawn(await coreDns(), ["-conf", file], { stdio: "ignore" });
    for (let attempt = 0; ; attempt++) {
      if (
        await question("x.example").then(
          () => true,
          () => false,
        )
      )
        break;
      assert.ok(attempt < 50, "CoreDNS starts");
      await sleep(200);
    }
  });
  after(async () => {
    child.kill();
    await once(child, "close");
    await egressDns[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  it("still answers what was asked for before, and names that are new fail", async () => {
    assert.deepEqual((await question("listed.egress.local")).addresses, ["192.0.2.7"]);
    isSilent = true;
    await sleep(1500);
    // Clients ask again after some seconds; the stale answer comes when the question to our server has timed out.
    const stale = await Promise.any([
      question("listed.egress.local"),
      sleep(1900).then(() => question("listed.egress.local")),
      sleep(3500).then(() => question("listed.egress.local")),
    ]);
    assert.deepEqual(stale.addresses, ["192.0.2.7"]);
    await assert.rejects(
      question("new.egress.local").then(({ rcode }) => assert.notEqual(rcode, "SERVFAIL")),
    );
  });

  it("costs other names nothing, though thousands of questions wait for it", async () => {
    isSilent = true;
    const flood = await startFlood(3000);
    const times: number[] = [];
    for (let at = 0; at < 300; at++) {
      const start = performance.now();
      const { addresses } = await question(`other${at}.example`);
      times.push(performance.now() - start);
      assert.deepEqual(addresses, ["192.0.2.1"]);
    }
    const refused = await flood.refused();
    const p99 = times.sort((one, other) => one - other)[296]!;
    console.log(
      `other names: 300 of 300 answered, p99 ${p99.toFixed(1)} ms; of 3000 questions to the silent server ${refused} refused at once`,
    );
    assert.ok(refused >= 1000, `${refused} refused`);
    assert.ok(p99 < 1000);
  });
});

/** Sends questions about different names of the stub domain from one socket, and waits for none of their answers. */
async function startFlood(count: number) {
  const socket = createSocket("udp4");
  let refused = 0;
  socket.on("message", (message) => {
    if ((message.readUInt16BE(2) & 0xf) === 5) refused++;
  });
  for (let id = 0; id < count; id++) {
    socket.send(dnsQuery(id, { name: `n${id}.egress.local`, type: "A" }), PORT, "127.0.0.1");
    // So that no buffer overflows: what is measured is CoreDNS.
    if (id % 50 === 0) await sleep(2);
  }
  return {
    refused: async () => {
      await sleep(500);
      socket.close();
      return refused;
    },
  };
}
