import { createRequire } from "node:module";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { policyHash } from "../../../proxy-image/src/contract/policy/hash";
import { freePorts } from "../../harness/free-ports";
import { bundle } from "../stage/bundle";
import { THIS_CHECKOUT } from "../stage/revision";
import type { Contender, Scene } from "./contender";
import type { policyOf } from "./egress-policy";

/** How the proxy is started, where it is not as in the image. */
export interface Variant {
  /** The benchmark of the commit to take the proxy from; default: this one. */
  readonly folder?: string;
  /** The recorder's bundle, and the file that it writes. */
  readonly trace?: { readonly recorder: string; readonly file: string };
}

/** This proxy as in the image, with a policy of so many upstreams; metrics, access log and rules are on. */
export function startEgress(
  name: string,
  upstreams: number,
  { folder = THIS_CHECKOUT, trace }: Variant = {},
): (scene: Scene) => Promise<Contender> {
  return async ({ stage, upstream }) => {
    const [port, adminPort, policyPort] = (await freePorts(3)) as [number, number, number];
    // Each commit's own: the form of a policy changes.
    const { policyOf: make } = createRequire(__filename)(
      await bundle(stage, "contenders/egress-policy.ts", folder),
    ) as { policyOf: typeof policyOf };
    const policy = JSON.stringify(make(upstreams, upstream));
    const file = stage.path(`policy-${port}.json`);
    writeFileSync(file, policy);
    const { pid, startedAt } = stage.processes.start(
      `egress-${port}`,
      process.execPath,
      [
        ...flagsOfImage(folder),
        ...(trace ? ["--require", trace.recorder] : []),
        await bundle(stage, "servers/egress.ts", folder),
        ...["--policy", file, "--policy-sha256", policyHash(policy), "--mesh", "required"],
        ...["--port", String(port), "--admin-port", String(adminPort), "--policy-port", String(policyPort)],
      ],
      {
        ...environmentOfImage(folder),
        BENCH_UPSTREAM: String(upstream.port),
        ...(trace && { BENCH_TRACE: trace.file }),
      },
    );
    // A commit before the streams' measurement has a policy that denies them.
    return { name, pid, port, startedAt, relaysStreams: existsSync(join(folder, "servers/streams.ts")) };
  };
}

/** What the image gives to Node before the program. */
function flagsOfImage(folder: string): string[] {
  const words = [...dockerfile(folder).matchAll(/^(?:ENTRYPOINT|CMD) (\[.*\])$/gm)].flatMap(
    ([, list]) => JSON.parse(list!) as string[],
  );
  return words.slice(1).filter((word) => word.startsWith("--"));
}

/** The image's environment, but for the path of its programs. */
function environmentOfImage(folder: string): Record<string, string> {
  const pairs = [...dockerfile(folder).matchAll(/^ENV (.*)$/gm)].flatMap(([, line]) =>
    line!.split(" ").map((pair) => pair.split("=") as [string, string]),
  );
  return Object.fromEntries(pairs.filter(([name]) => name !== "PATH"));
}

function dockerfile(folder: string): string {
  return readFileSync(join(folder, "../../proxy-image/Dockerfile"), "utf8");
}
