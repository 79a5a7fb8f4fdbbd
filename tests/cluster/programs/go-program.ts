import { createHash } from "node:crypto";
import { readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";

import { cached } from "./cache";
import { compile } from "./compile";
import { run } from "./run";

/** A Go program of this folder, and how it is linked. */
export interface GoProgram {
  /** Its folder under tests/cluster, and the name of its binary. */
  readonly name: string;
  /** Variables set at link time. */
  readonly variables?: Readonly<Record<string, string>>;
  /** More names of the binary, which decides by them what it is. */
  readonly aliases?: readonly string[];
  /** How long a first build takes on two cores. */
  readonly expected: string;
}

const KUBERNETES_VERSION = "1.36.3";
const component = "k8s.io/component-base/version";

/** All of Kubernetes' own programs, kubectl too. */
export const KUBE = {
  name: "kube",
  // Clients refuse a server whose version they can't parse.
  variables: {
    [`${component}.gitVersion`]: `v${KUBERNETES_VERSION}`,
    [`${component}.gitMajor`]: "1",
    [`${component}.gitMinor`]: "36",
  },
  aliases: [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
    "kubectl",
  ],
  expected: "5 to 10 minutes",
} satisfies GoProgram;

/** The cluster's DNS server. */
export const COREDNS: GoProgram = { name: "coredns", expected: "1 minute" };

/** Enforces NetworkPolicies. */
export const NETWORK_POLICIES: GoProgram = { name: "network-policies", expected: "4 minutes" };

/** Holds a pod's namespaces, and the cluster's. */
export const PAUSE: GoProgram = { name: "pause", expected: "10 seconds" };

/** The directory of a program's binary: built at first use, then taken from the cache. */
export async function goProgram(program: GoProgram, progress: (line: string) => void): Promise<string> {
  const source = join(__dirname, "..", program.name);
  const flags = linkerFlags(program);
  return cached(program.name, await sourceHash(program, source, flags), async (target) => {
    progress(`building ${program.name} from Go modules, once; about ${program.expected} on two cores`);
    await compile(
      program.name,
      ["-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", join(target, program.name)],
      ".",
      // Static binaries: they go into images without a C library.
      { cwd: source, env: { ...process.env, CGO_ENABLED: "0" } },
      progress,
    );
    for (const alias of program.aliases ?? []) await symlink(program.name, join(target, alias));
  });
}

function linkerFlags(program: GoProgram): string {
  const variables = Object.entries(program.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  return ["-s", "-w", ...variables].join(" ");
}

async function sourceHash(program: GoProgram, source: string, flags: string): Promise<string> {
  const hash = createHash("sha256");
  const { stdout: toolchain } = await run("go", ["env", "GOVERSION", "GOOS", "GOARCH"], { cwd: source });
  hash.update(JSON.stringify([toolchain, flags, program.aliases]));
  for (const file of (await readdir(source)).sort()) {
    hash.update(`${file}\0`).update(await readFile(join(source, file)));
  }
  return hash.digest("hex");
}
