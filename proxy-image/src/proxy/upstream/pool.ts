import type { ConnectPhases, UpstreamHandler } from "../message/upstream-stream";
import type { TLSSocket } from "node:tls";
import { BoundConnections } from "./bound-connections";
import { UpstreamConnection, type ConnectionOwner } from "../http1/upstream/upstream-connection";
import { firstRequestError, upstreamError } from "./tls/upstream-error";
import { ConnectPacer, type Paced } from "./connect-pacer";
import type { ReadBuffer } from "../http1/upstream/read-buffer";

/** A verified connection, and the buffer of its bytes. */
export interface Connection {
  readonly socket: TLSSocket;
  readonly readBuffer: ReadBuffer;
  readonly address: string;
  readonly phases?: ConnectPhases;
}

/**
 * Milliseconds for which an address must be missing in DNS before its connections take no more requests: many names
 * show only some of their addresses in each answer.
 */
const GONE_AFTER = 30_000;

/**
 * The connections to one origin. A free one is found in one step. The last one used is taken first, so that connections
 * beyond the need stay idle and are closed.
 */
export class Pool implements ConnectionOwner, Paced {
  private readonly idle: UpstreamConnection[] = [];
  private readonly bound = new BoundConnections();
  private readonly all = new Set<UpstreamConnection>();
  private readonly waiting: UpstreamHandler[] = [];
  /** Addresses that DNS has shown, and when it last did. */
  private readonly seen = new Map<string, number>();
  private connecting = 0;
  private readonly pacer = new ConnectPacer(this);
  private closing = false;

  /**
   * @param connector makes a verified connection
   * @param most connections at a time; further requests wait for one
   * @param maxAge milliseconds after which a connection takes no new request
   */
  constructor(
    private readonly connector: () => Promise<Connection>,
    private readonly most: number,
    private readonly maxAge = Infinity,
  ) {}

  /**
   * Assigns a connection to a request, now or later.
   *
   * @param fresh Open a new connection: an idle one may be as stale as the one that just failed.
   */
  request(handler: UpstreamHandler, fresh = false): void {
    if (!fresh) {
      const own = this.bound.take(handler);
      if (own) {
        handler.onStream(own);
        return;
      }
      for (let free = this.idle.pop(); free; free = this.idle.pop()) {
        if (!free.usable) continue;
        if (this.retires(free)) {
          free.destroy();
          continue;
        }
        handler.onStream(free);
        return;
      }
    }
    this.waiting.push(handler);
    this.makeRoom();
    if (fresh || this.size === 0) this.pacer.start();
    // A connection in use is usually free before a new one would be ready.
    else this.pacer.startLater();
  }

  /** Removes a request that still waits for its connection. */
  cancel(handler: UpstreamHandler): void {
    const place = this.waiting.indexOf(handler);
    if (place !== -1) this.waiting.splice(place, 1);
  }

  released(connection: UpstreamConnection): void {
    if (connection.binding) {
      if (this.closing) connection.destroy();
      else this.bound.add(connection);
      this.makeRoom();
      return;
    }
    if (this.retires(connection)) {
      connection.destroy();
      return;
    }
    const next = this.waiting.shift();
    if (next) next.onStream(connection);
    else if (this.closing) connection.destroy();
    else this.idle.push(connection);
  }

  closed(connection: UpstreamConnection): void {
    this.all.delete(connection);
    const place = this.idle.indexOf(connection);
    if (place !== -1) this.idle.splice(place, 1);
    this.bound.remove(connection);
    this.pacer.start();
  }

  explain(error: Error, heard: boolean): Error {
    return heard ? upstreamError(error) : firstRequestError(error);
  }

  /** Closes connections that have been idle for too long. @param now on `performance.now()`'s clock */
  sweep(now: number): void {
    for (const connection of this.idle.filter(({ idleUntil }) => idleUntil <= now)) connection.destroy();
    this.bound.sweep(now);
  }

  /**
   * Connections to an address that DNS has not shown for a while take no more requests.
   *
   * @param addresses what DNS says now
   * @param now on `performance.now()`'s clock
   */
  review(addresses: readonly string[], now: number): void {
    for (const address of addresses) this.seen.set(address, now);
    for (const [address, time] of this.seen) if (now - time > GONE_AFTER) this.seen.delete(address);
    for (const connection of this.idle.filter((one) => this.retires(one))) connection.destroy();
  }

  /** The connection is too old, or its address has left DNS. */
  private retires({ madeAt, address }: UpstreamConnection): boolean {
    const now = performance.now();
    if (now - madeAt > this.maxAge) return true;
    return this.seen.size > 0 && !this.seen.has(address) && now - madeAt > GONE_AFTER;
  }

  /** Finishes the requests in progress, and keeps no connection after them. */
  close(): void {
    this.closing = true;
    this.bound.destroy();
    for (const connection of this.idle.splice(0)) connection.destroy();
  }

  /** Ends everything, at once. */
  destroy(): void {
    this.close();
    this.pacer.stop();
    this.waiting.length = 0;
    for (const connection of this.all) connection.destroy();
  }

  /** Closes an idle bound connection if a request of another client needs the room. */
  private makeRoom(): void {
    if (this.waiting.length > this.connecting && this.size >= this.most) this.bound.evict();
  }

  get size(): number {
    return this.all.size + this.connecting;
  }

  /** Connections for the requests that wait, up to the maximum. */
  get wanted(): number {
    return Math.min(this.waiting.length - this.connecting, this.most - this.size);
  }

  connect(): void {
    this.connecting++;
    this.connector().then(
      ({ socket, readBuffer, address, phases }) => {
        this.connecting--;
        const connection = new UpstreamConnection(socket, readBuffer, this, address, phases);
        this.all.add(connection);
        this.released(connection);
      },
      (error: unknown) => {
        this.connecting--;
        this.waiting.shift()?.onFailure(error as Error, true);
        this.pacer.start();
      },
    );
  }
}
