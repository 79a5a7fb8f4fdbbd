import type { Output } from "./output";

/** Streams of a command. */
export interface Streams {
  readonly input: NodeJS.ReadableStream & { isTTY?: boolean };
  readonly out: Output & { isTTY?: boolean };
  readonly err: Output;
}

/** One command of the tool. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /**
   * Exit status after an error that is no UsageError and no ClusterError. Not 1 where 1 is an answer.
   */
  readonly errorStatus: number;
  /** @returns the exit status */
  run(argv: string[], streams: Streams): Promise<number>;
}
