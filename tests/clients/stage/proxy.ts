import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policyHash } from "../../../proxy-image/src/contract/policy/hash";
import type { Policy, PolicyUpstream } from "../../../proxy-image/src/contract/policy/policy";
import { DOMAIN, ROOT, VENDOR_RANGE } from "./names";
import type { Vendor } from "./vendor";

/** The proxy's own process, on port 80. */
export interface ProxyProcess {
  /** Its log, a line of JSON for each request. */
  readonly log: string;
  stop(): Promise<void>;
}

export async function startProxy(vendors: readonly Vendor[], ca: string): Promise<ProxyProcess> {
  const folder = mkdtempSync(join(tmpdir(), "egress-clients-"));
  const policy = JSON.stringify(policyOf(vendors, ca));
  const file = join(folder, "policy.json");
  const log = join(folder, "proxy.log");
  writeFileSync(file, policy);
  const child = spawn(
    process.execPath,
    [
      ...["--import=tsx", "proxy-image/src/proxy/main.ts", "--port", "80", "--mesh", "none", "--drain", "1s"],
      ...["--policy", file, "--policy-sha256", policyHash(policy)],
    ],
    { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] },
  );
  const sink = createWriteStream(log);
  child.stderr.pipe(sink, { end: false });
  await serving(child, sink);
  return {
    log,
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

function serving(child: ChildProcess, sink: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the proxy ended with status ${code}`)));
    child.stderr!.on("data", (data: Buffer) => process.stderr.write(data));
    child.stdout!.on("data", (data: Buffer) => {
      sink.write(data);
      if (data.includes('"serving"')) resolve();
    });
  });
}

function policyOf(vendors: readonly Vendor[], ca: string): Policy {
  const upstreams: Record<string, PolicyUpstream> = {};
  for (const { hosts, policy } of vendors) {
    for (const host of hosts) upstreams[host] = { ...defaults(host, ca), ...policy };
  }
  return {
    version: 1,
    domain: DOMAIN,
    services: { namespace: "egress", clusterDomain: "cluster.local" },
    limits: { headerBytes: 32_768, headerFields: 200 },
    upstreams,
  };
}

/** As the component makes an entry of nothing but a host; authority and range are those of the vendors here. */
function defaults(host: string, ca: string): PolicyUpstream {
  return {
    service: host.replace("*.", "any-").replaceAll(".", "-"),
    port: 443,
    timeouts: { connect: 5_000, response: 60_000, idle: 60_000, stream: 3_600_000 },
    tls: { minVersion: "TLSv1.2", caCertificates: ca },
    allowedCidrs: [VENDOR_RANGE],
    maxConnections: 256,
    maxRequests: 1_024,
    maxRequestsPerClient: 512,
    retries: { budgetPercent: 20 },
  };
}
