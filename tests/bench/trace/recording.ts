/** One call from the event loop into JavaScript. Times are milliseconds of `performance.now()`. */
export interface Callback {
  /** Number of the event-loop iteration. */
  readonly iteration: number;
  /** Kind of the resource that called, by Node's names: `TCPWRAP`, `TLSWRAP`, `Immediate`, `Timeout`, ... */
  readonly type: string;
  readonly begin: number;
  readonly end: number;
  /** Processor time of the thread: less than the time between, if the kernel ran something else. */
  readonly processor: number;
  /** How long the event loop had waited for events before it, since the process's start. */
  readonly waited: number;
}

/** What the profiler saw at one moment. */
export interface Sampled {
  readonly at: number;
  /** The function that ran, with its file's line. */
  readonly running: string;
}

/** A pause for garbage collection. */
export interface Collection {
  readonly kind: string;
  readonly begin: number;
  readonly end: number;
}

/** What one process recorded of its event loop. */
export interface Recording {
  readonly callbacks: readonly Callback[];
  readonly samples: readonly Sampled[];
  readonly collections: readonly Collection[];
  /** Functions whose optimised code was thrown away, and why. */
  readonly deoptimised: readonly string[];
}
