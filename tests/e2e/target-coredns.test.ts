import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../proxy-image/src/stubdomain/dns/ask";
import { importedTarget } from "../../proxy-image/src/stubdomain/targets/imported";
import { freePorts } from "../harness/free-ports";
import { coreDns } from "./support/coredns-verdicts";
import { nodeLocalDns as nodeLocalTarget } from "../../proxy-image/src/stubdomain/targets/node-local-dns";
import { until } from "./support/wait";

const nodeLocalDns = nodeLocalTarget();
const corednsCustom = (key: string) =>
  importedTarget({ kind: "corednsCustom", namespace: "kube-system", name: "coredns-custom", key });

const children: ChildProcess[] = [];
let folder: string;
let program: string;

before(async () => {
  program = await coreDns();
  folder = await mkdtemp(join(tmpdir(), "coredns-custom-"));
  await mkdir(join(folder, "custom"));
  await writeFile(
    join(folder, "zone"),
    "@ 5 IN SOA ns.egress.local. hostmaster.egress.local. 1 3600 600 86400 5\n@ 5 IN NS ns.egress.local.\n",
  );
});
after(async () => {
  for (const child of children) if (child.kill("SIGKILL")) await once(child, "exit");
  await rm(folder, { recursive: true, force: true });
});

/** Starts CoreDNS with a file of this folder. */
async function start(name: string, corefile: string): Promise<void> {
  await writeFile(join(folder, name), corefile);
  children.push(spawn(program, ["-conf", name], { cwd: folder, stdio: "ignore" }));
}

const soaOf = async (port: number, domain: string) => {
  const server = { address: "127.0.0.1", ports: { udp: port } };
  return (await ask(server, "udp", { name: domain, type: "SOA" })).mname;
};

describe("a key of coredns-custom, read by the real CoreDNS", () => {
  it("is noticed without a restart when it comes and when it goes, though the Corefile stays as it is", async () => {
    const [zonePort, port] = (await freePorts(2)) as [number, number];
    await start("zone.conf", `egress.local:${zonePort} {\n  file zone\n}\n`);
    const corefile = `.:${port} {\n  errors\n  reload 2s 1s\n  whoami\n}\nimport custom/*.server\n`;
    await start("Corefile", corefile);
    const serves = (domain: string) => soaOf(port, domain).catch(() => "silent");
    await until("CoreDNS to answer", async () => (await serves("egress.local")) === undefined);

    const target = corednsCustom("egress.server");
    const entry = target.entry(
      { domain: "egress.local", forwardTo: "127.0.0.1", marker: "a/b", owner: undefined },
      { object: undefined, corefile },
    );
    // The zone's server is on this machine, not on port 53 of a Service.
    const text = target.format.insert("", entry).replace("forward . 127.0.0.1", `$&:${zonePort}`);
    await writeFile(join(folder, "custom/egress.server"), text);
    await until("the domain", async () => (await serves("egress.local")) === "ns.egress.local.");

    await rm(join(folder, "custom/egress.server"));
    await until("its end", async () => (await serves("egress.local")) === undefined);
  });

  it("would keep CoreDNS from starting where the domain is served twice, which is why that is refused", async () => {
    const [port] = (await freePorts(1)) as [number];
    const block = `egress.local:${port} {\n  errors\n}\n`;
    await writeFile(join(folder, "custom/one.server"), block);
    await writeFile(join(folder, "custom/two.server"), block);
    const corefile = `.:${port} {\n  errors\n  reload\n}\nimport custom/*.server\n`;
    await writeFile(join(folder, "twice"), corefile);
    const child = spawn(program, ["-conf", "twice"], { cwd: folder, stdio: "ignore" });
    children.push(child);
    const end = await Promise.race([once(child, "exit"), sleep(10_000, ["still runs"])]);
    assert.equal(end[0], 1);
    const object = {
      metadata: { namespace: "kube-system", name: "coredns-custom" },
      data: { "one.server": block },
    };
    assert.throws(
      () =>
        corednsCustom("two.server").entry(
          { domain: "egress.local", forwardTo: "127.0.0.1", marker: "a/b", owner: undefined },
          { object, corefile },
        ),
      /served already, by one\.server/,
    );
  });
});

describe("a block in NodeLocal DNSCache's Corefile, read by the real CoreDNS", () => {
  it("listens on the cache's address and is answered", async () => {
    const [zonePort, port] = (await freePorts(2)) as [number, number];
    await start("tcp.conf", `egress.local:${zonePort} {\n  bind 127.0.0.2\n  file zone\n}\n`);
    const corefile = `.:${port} {\n  bind 127.0.0.1\n  reload\n  whoami\n}\n`;
    const object = {
      metadata: { namespace: "kube-system", name: "node-local-dns" },
      data: { Corefile: corefile },
    };
    const entry = nodeLocalDns.entry(
      { domain: "egress.local", forwardTo: "127.0.0.2", marker: "a/b", owner: undefined },
      { object, corefile: undefined },
    );
    const text = nodeLocalDns.format.insert(corefile, entry);
    await start("node-local", text.replace("forward . 127.0.0.2", `$&:${zonePort}`));
    await until(
      "the domain",
      async () => (await soaOf(port, "egress.local").catch(() => "silent")) === "ns.egress.local.",
    );
  });
});
