import https from "node:https";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { FailureError, connectionTimeout } from "../errors/failures";
import { ConnectionLostError } from "../http1/upstream/connection-errors";
import { ConnectPacer, type Paced } from "./connect-pacer";

/** A connection that waits for its step. */
interface Waiting {
  readonly signal: AbortSignal;
  readonly resolve: (socket: Promise<TLSSocket>) => void;
}

/**
 * Connects upgrades to one origin. Each upgrade has a connection of its own, because it never returns it. Connecting is
 * paced as in a pool.
 */
export class UpgradeConnector implements Paced {
  /** In order of arrival. */
  private readonly waiting = new Set<Waiting>();
  private readonly connections = new Set<TLSSocket>();
  private connecting = 0;
  private readonly pacer = new ConnectPacer(this);

  /**
   * @param connector makes a verified connection, unless the signal ends it early
   * @param timeout milliseconds for the wait for a step and for connecting
   */
  constructor(
    private readonly connector: (signal: AbortSignal) => Promise<TLSSocket>,
    private readonly timeout: number,
  ) {}

  /** Creates the agent of one upgrade. */
  agent(): UpgradeAgent {
    return new UpgradeAgent((signal) => this.connectInTurn(signal), this.timeout);
  }

  /** Ends everything, at once. */
  destroy(): void {
    this.pacer.stop();
    this.waiting.clear();
    for (const socket of this.connections) socket.destroy();
  }

  get size(): number {
    return this.connections.size + this.connecting;
  }

  get wanted(): number {
    return this.waiting.size;
  }

  connect(): void {
    const [next] = this.waiting as Iterable<Waiting>;
    this.waiting.delete(next!);
    this.connecting++;
    next!.resolve(this.take(next!.signal));
  }

  /** @throws FailureError, or the reason of the signal */
  private connectInTurn(signal: AbortSignal): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const waiting = { signal, resolve };
      this.waiting.add(waiting);
      // Without effect if the connection is being made: then `connector` ends it.
      signal.addEventListener(
        "abort",
        () => {
          if (this.waiting.delete(waiting)) reject(signal.reason as Error);
        },
        { once: true },
      );
      this.pacer.start();
    });
  }

  private async take(signal: AbortSignal): Promise<TLSSocket> {
    try {
      const socket = await this.connector(signal);
      this.connections.add(socket);
      socket.once("close", () => this.connections.delete(socket));
      return socket;
    } finally {
      this.connecting--;
    }
  }
}

/**
 * The agent that http-proxy-middleware takes for one upgrade. It connects as the pool does: Node's own agent would
 * resolve, check and verify by other rules. Each upgrade has one, because Node does not tell an agent when a request
 * ends while its connection is being made: `destroy` does.
 */
export class UpgradeAgent extends https.Agent {
  private readonly ending = new AbortController();

  constructor(
    private readonly connector: (signal: AbortSignal) => Promise<TLSSocket>,
    private readonly connectTimeout: number,
  ) {
    super({ keepAlive: false });
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.connect().then(
      (socket) => callback!(null, socket),
      (error: unknown) => callback!(error as Error, undefined as never),
    );
  }

  /** Ends connecting, or removes it from the queue. */
  override destroy(): void {
    this.ending.abort(new ConnectionLostError("the upgrade has ended"));
    super.destroy();
  }

  private async connect(): Promise<TLSSocket> {
    const { ending, connectTimeout } = this;
    ending.signal.throwIfAborted();
    const timer = setTimeout(() => ending.abort(new FailureError(connectionTimeout)), connectTimeout);
    try {
      const socket = await this.connector(ending.signal);
      // The connection may be made in the same event-loop iteration in which it is ended.
      if (ending.signal.aborted) socket.destroy();
      ending.signal.throwIfAborted();
      return socket;
    } finally {
      clearTimeout(timer);
    }
  }
}
