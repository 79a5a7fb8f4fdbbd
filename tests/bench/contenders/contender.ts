import type { Stage } from "../stage/stage";
import type { Tools } from "../stage/tools";
import type { Upstream } from "../stage/upstream";

/** What a contender is started with. */
export interface Scene {
  readonly stage: Stage;
  readonly tools: Tools;
  readonly upstream: Upstream;
}

/** A proxy that runs: one process, one port on loopback. */
export interface Contender {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** When its process was started, on `performance.now()`'s clock. */
  readonly startedAt: number;
  /** Whether it passes on WebSocket messages, and events as they come. */
  readonly relaysStreams: boolean;
}

/** Starts one. */
export type Start = (scene: Scene) => Promise<Contender>;
