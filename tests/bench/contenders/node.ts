import { freePorts } from "../../harness/free-ports";
import { upstreamHost } from "../stage/third-parties";
import { bundle } from "../stage/bundle";
import type { Contender, Scene } from "./contender";

/** Settings that the servers in `servers/` read from the environment. */
export interface ServerSettings {
  readonly port: number;
  readonly upstreamPort: number;
  readonly host: string;
  readonly ca: string;
}

/** Starts a proxy made of one of Node's libraries. */
export function startNode(
  name: string,
  source: string,
  relaysStreams = false,
): (scene: Scene) => Promise<Contender> {
  return async ({ stage, upstream }) => {
    const [port] = (await freePorts(1)) as [number];
    const settings: ServerSettings = {
      port,
      upstreamPort: upstream.port,
      host: upstreamHost(0),
      ca: upstream.ca,
    };
    const { pid, startedAt } = stage.processes.start(
      source,
      process.execPath,
      [await bundle(stage, `servers/${source}.ts`)],
      {
        BENCH_SETTINGS: JSON.stringify(settings),
      },
    );
    return { name, pid, port, startedAt, relaysStreams };
  };
}
