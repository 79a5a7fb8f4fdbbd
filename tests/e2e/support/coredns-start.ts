import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a real CoreDNS took a Corefile. */
export interface Start {
  /** It began to serve; otherwise it ended with its reason. */
  serves: boolean;
  log: string;
}

/** It has said all that could be wrong by then, and has waited for the API server in vain for 5 s. */
const SECONDS = 20;

/**
 * Furnishes namespaces of its own, with the addresses that Corefiles bind to and a pod's credentials for an API
 * server that is not there, and becomes CoreDNS.
 */
const FURNISH = `
set -e
ip link set lo up
for address in 169.254.20.10 169.254.25.10 169.254.10.10 169.254.10.11 10.96.0.10 10.0.0.10 172.21.0.10 100.64.0.10 10.43.0.10; do ip address add $address/32 dev lo; done
mount -t tmpfs none /run
account=/run/secrets/kubernetes.io/serviceaccount
mkdir -p $account
echo token > $account/token
echo kube-system > $account/namespace
mkdir -p /run/coredns && cd /run/coredns
exec "$0" -conf "$1"
`;

/** Starts the real CoreDNS with a Corefile, as a pod's next start would, and ends it again. */
export async function startCoreDns(program: string, corefile: string): Promise<Start> {
  const directory = await mkdtemp(join(tmpdir(), "k8s-egress-coredns-"));
  const file = join(directory, "Corefile");
  await writeFile(file, corefile);
  const namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child"];
  const child = spawn("unshare", [...namespaces, "--", "sh", "-c", FURNISH, program, file], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      KUBERNETES_SERVICE_HOST: "127.0.0.1",
      KUBERNETES_SERVICE_PORT: "1",
      UPSTREAM: "9.9.9.9",
      FALLBACK: "9.9.9.10",
      STUB: "stub.example",
      MY_HOST_IP: "127.0.0.1",
    },
  });
  const closed = once(child, "close");
  let log = "";
  const serves = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), SECONDS * 1000);
    const add = (chunk: Buffer) => {
      log += chunk.toString();
      // Printed once all servers listen: coremain.
      if (!/^CoreDNS-\d/m.test(log)) return;
      clearTimeout(timer);
      resolve(true);
    };
    child.stdout.on("data", add);
    child.stderr.on("data", add);
    void closed.then(() => {
      clearTimeout(timer);
      resolve(false);
    });
  });
  child.kill("SIGKILL");
  await closed;
  await rm(directory, { recursive: true, force: true });
  return { serves, log };
}
