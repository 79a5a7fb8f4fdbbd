import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { policyHash } from "../../../proxy-image/src/contract/policy/hash";
import { freePorts } from "../stage/ports";
import { bundle } from "../stage/bundle";
import type { Contender, Scene } from "./contender";
import { policyOf } from "./egress-policy";

/** This proxy as in the image, with a policy of so many upstreams; metrics, access log and rules are on. */
export function startEgress(name: string, upstreams: number): (scene: Scene) => Promise<Contender> {
  return async ({ stage, upstream }) => {
    const [port, adminPort, policyPort] = (await freePorts(3)) as [number, number, number];
    const policy = JSON.stringify(policyOf(upstreams, upstream));
    const file = stage.path(`policy-${upstreams}.json`);
    writeFileSync(file, policy);
    const { pid } = stage.processes.start(
      `egress-${upstreams}`,
      process.execPath,
      [
        ...flagsOfImage(),
        await bundle(stage, "servers/egress.ts"),
        ...["--policy", file, "--policy-sha256", policyHash(policy), "--mesh", "required"],
        ...["--port", String(port), "--admin-port", String(adminPort), "--policy-port", String(policyPort)],
      ],
      { BENCH_UPSTREAM: String(upstream.port) },
    );
    return { name, pid, port };
  };
}

/** What the image gives to Node before the program. */
function flagsOfImage(): string[] {
  const dockerfile = readFileSync(join(__dirname, "../../../proxy-image/Dockerfile"), "utf8");
  const words = [...dockerfile.matchAll(/^(?:ENTRYPOINT|CMD) (\[.*\])$/gm)].flatMap(
    ([, list]) => JSON.parse(list!) as string[],
  );
  return words.slice(1).filter((word) => word.startsWith("--"));
}
