import { createHash } from "node:crypto";
import { copyFile, readdir, readFile, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import type { KubernetesVersion } from "../kubernetes-version";
import { cached } from "./cache";
import { compile } from "./compile";
import { run } from "./run";

/** A Go program that is built from a module of this repository, and how it is linked. */
export interface GoProgram {
  /** Name of its binary. */
  readonly name: string;
  /** Folder of its module. Default: the folder of its name under tests/cluster. */
  readonly module?: string;
  /** The `go.mod` to build with. Default: the module's own. */
  readonly modfile?: string;
  /** A build tag. Default: none. */
  readonly tag?: string;
  /** Import path of its main package. Default: the module's own. */
  readonly package?: string;
  /** Binary, below the program's directory in the cache. Default: its name. */
  readonly binary?: string;
  /** Variables set at link time. */
  readonly variables?: Readonly<Record<string, string>>;
  /** More names of the binary, which decides by them what it is. */
  readonly aliases?: readonly string[];
  /** Files that it reads at run time, beside its binary; from a folder of a module that it requires. */
  readonly files?: { readonly module: string; readonly folder: string; readonly names: readonly string[] };
  /** How long a first build takes on two cores. */
  readonly expected: string;
}

const component = "k8s.io/component-base/version";

/** Names of Kubernetes' own programs, kubectl too. */
export const KUBE_ALIASES = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kubectl",
] as const;

/** All of them in one program. */
export function kube({ minor, version, modfile, tag }: KubernetesVersion): GoProgram {
  const [major, rest] = minor.split(".") as [string, string];
  return {
    name: "kube",
    ...(modfile === undefined ? {} : { modfile }),
    ...(tag === undefined ? {} : { tag }),
    // Clients refuse a server whose version they can't parse.
    variables: {
      [`${component}.gitVersion`]: `v${version}`,
      [`${component}.gitMajor`]: major,
      [`${component}.gitMinor`]: rest,
    },
    aliases: KUBE_ALIASES,
    expected: "5 to 10 minutes",
  };
}

/** The cluster's DNS server. */
export const COREDNS: GoProgram = { name: "coredns", expected: "1 minute" };

/** Prometheus, for the dashboards' queries. */
export const PROMETHEUS: GoProgram = {
  name: "prometheus",
  package: "github.com/prometheus/prometheus/cmd/prometheus",
  expected: "6 minutes",
};

/** Checks Prometheus' rules. */
export const PROMTOOL: GoProgram = {
  name: "promtool",
  module: join(__dirname, "../prometheus"),
  package: "github.com/prometheus/prometheus/cmd/promtool",
  expected: "4 minutes",
};

/** Enforces NetworkPolicies. */
export const NETWORK_POLICIES: GoProgram = { name: "network-policies", expected: "4 minutes" };

/** The OpenTelemetry Collector's OTLP receiver, which prints the spans that it takes. */
export const OTLP_RECEIVER: GoProgram = {
  name: "otlp-receiver",
  module: join(__dirname, "../../traces/receiver"),
  expected: "1 minute",
};

/** Holds a pod's namespaces, and the cluster's. */
export const PAUSE: GoProgram = { name: "pause", expected: "10 seconds" };

/** The directory of a program's binary: built at first use, then taken from the cache. */
export async function goProgram(program: GoProgram, progress: (line: string) => void): Promise<string> {
  const { name, binary = name, files, aliases = [] } = program;
  const source = sourceOf(program);
  return cached(name, await sourceHash(program), async (target) => {
    progress(`building ${name} from Go modules, once; about ${program.expected} on two cores`);
    const output = ["-trimpath", "-buildvcs=false", "-ldflags", linkerFlags(program), "-o"];
    await compile(
      name,
      [...output, join(target, binary)],
      program.package ?? ".",
      // Static binaries: they go into images without a C library.
      { cwd: source, env: { ...process.env, ...flagsOf(program), CGO_ENABLED: "0" } },
      progress,
    );
    for (const alias of aliases) await symlink(basename(binary), join(target, dirname(binary), alias));
    if (files) await copyFiles(source, files, join(target, dirname(binary)));
  });
}

/** For every command of Go that reads the module. */
function flagsOf({ modfile, tag }: GoProgram): NodeJS.ProcessEnv {
  const flags = [
    ...(modfile === undefined ? [] : [`-modfile=${modfile}`]),
    ...(tag === undefined ? [] : [`-tags=${tag}`]),
  ];
  return flags.length === 0 ? {} : { GOFLAGS: [process.env.GOFLAGS ?? "", ...flags].join(" ").trim() };
}

function sourceOf({ name, module }: GoProgram): string {
  return module ?? join(__dirname, "..", name);
}

async function copyFiles(
  source: string,
  files: NonNullable<GoProgram["files"]>,
  target: string,
): Promise<void> {
  const { stdout } = await run("go", ["list", "-m", "-f", "{{.Dir}}", files.module], { cwd: source });
  for (const name of files.names) await copyFile(join(stdout.trim(), files.folder, name), join(target, name));
}

function linkerFlags(program: GoProgram): string {
  const variables = Object.entries(program.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  return ["-s", "-w", ...variables].join(" ");
}

async function sourceHash(program: GoProgram): Promise<string> {
  const source = sourceOf(program);
  const { aliases, binary, files } = program;
  const layout = [program.package, binary, files].filter((part) => part !== undefined);
  const hash = createHash("sha256");
  const { stdout: toolchain } = await run("go", ["env", "GOVERSION", "GOOS", "GOARCH"], { cwd: source });
  hash.update(JSON.stringify([toolchain, linkerFlags(program), aliases, ...layout]));
  for (const folder of program.modfile === undefined ? [source] : [source, dirname(program.modfile)]) {
    for (const file of (await readdir(folder)).sort()) {
      hash.update(`${file}\0`).update(await readFile(join(folder, file)));
    }
  }
  return hash.digest("hex");
}
