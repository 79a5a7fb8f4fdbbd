import { existsSync, realpathSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";

import { run } from "../programs/run";
import type { ImageSource } from "./image";
import type { Entry } from "./layer";

const CA_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
/** glibc loads these by name when it resolves hosts, so ldd does not show them. */
const RESOLVER_LIBRARIES = ["libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2"];

/** Node and nothing else: stands in for a public Node base image where none can be pulled. */
export async function nodeImage(): Promise<ImageSource> {
  const node = nodeBinary();
  const libraries = await librariesOf(node);
  const paths = ["/usr/local/bin", "/etc/ssl/certs", "/home/node", "/home/nonroot"];
  const directories = [...paths, ...libraries.map((library) => dirname(library))];
  const entries: Entry[] = [
    ...withParents(directories).map((path): Entry => ({ kind: "directory", path })),
    { kind: "directory", path: "/tmp", mode: 0o1777 },
    { kind: "copy", path: "/usr/local/bin/node", of: node },
    ...libraries.map((path): Entry => ({ kind: "copy", path, of: realpathSync(path) })),
    { kind: "text", path: "/etc/nsswitch.conf", text: "hosts: files dns\n" },
    {
      kind: "text",
      path: "/etc/passwd",
      text: "root:x:0:0::/:/\nnode:x:1000:1000::/home/node:/\nnonroot:x:65532:65532::/home/nonroot:/\n",
    },
    { kind: "text", path: "/etc/group", text: "root:x:0:\nnode:x:1000:\nnonroot:x:65532:\n" },
  ];
  if (existsSync(CA_CERTIFICATES)) {
    entries.push({ kind: "copy", path: CA_CERTIFICATES, of: realpathSync(CA_CERTIFICATES), mode: 0o644 });
  }
  return {
    name: "node",
    entries,
    config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], Cmd: ["node"] },
  };
}

/** The Node binary of the project's own dependency. */
export function nodeBinary(): string {
  return join(dirname(require.resolve("node/package.json")), "bin", "node");
}

async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await run("ldd", [program]);
  const linked = [...stdout.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1]!);
  const libc = linked.find((path) => path.endsWith("/libc.so.6"));
  if (!libc) throw new Error(`${program} is not linked with glibc: its image would not run`);
  const directory = dirname(libc);
  const present = new Set(await readdir(directory));
  const loaded = RESOLVER_LIBRARIES.filter((name) => present.has(name)).map((name) => join(directory, name));
  return [...new Set([...linked, ...loaded])].sort();
}

function withParents(paths: readonly string[]): string[] {
  const all = new Set<string>();
  for (const path of paths) {
    for (let parent = path; parent !== "/"; parent = dirname(parent)) all.add(parent);
  }
  return [...all].sort();
}
