import type { TLSSocket } from "node:tls";
import { BoundConnections } from "./bound-connections";
import { Connection, type ConnectionOwner, type Requester } from "../http1/upstream-connection";
import { DialPacer, type Paced } from "./connect-pacer";
import { Inbox } from "../http1/read-buffer";

/**
 * The connections to one origin. A free one is found in one step, the last used first, so that those beyond the
 * need fall idle and are closed.
 */
export class Pool implements ConnectionOwner, Paced {
  private readonly idle: Connection[] = [];
  private readonly bound = new BoundConnections();
  private readonly all = new Set<Connection>();
  private readonly waiting: Requester[] = [];
  private dialling = 0;
  private readonly pacer = new DialPacer(this);
  private closing = false;

  /**
   * @param connect makes a verified connection
   * @param most connections at a time; requests beyond wait for one
   */
  constructor(
    private readonly connect: (inbox: Inbox) => Promise<TLSSocket>,
    private readonly most: number,
  ) {}

  /**
   * Gives a request its turn on a connection, now or later.
   *
   * @param fresh not on one that has been idle: it may be as stale as the one that has just failed
   */
  request(requester: Requester, fresh = false): void {
    if (!fresh) {
      const own = this.bound.take(requester);
      if (own) {
        requester.onConnection(own);
        return;
      }
      for (let free = this.idle.pop(); free; free = this.idle.pop()) {
        if (!free.usable) continue;
        requester.onConnection(free);
        return;
      }
    }
    this.waiting.push(requester);
    this.makeRoom();
    if (fresh || this.size === 0) this.pacer.start();
    // One in use is mostly free again before a new one would be.
    else this.pacer.startLater();
  }

  /** Takes back a request that still waits for its connection. */
  cancel(requester: Requester): void {
    const place = this.waiting.indexOf(requester);
    if (place !== -1) this.waiting.splice(place, 1);
  }

  released(connection: Connection): void {
    if (connection.binding) {
      if (this.closing) connection.destroy();
      else this.bound.add(connection);
      this.makeRoom();
      return;
    }
    const next = this.waiting.shift();
    if (next) next.onConnection(connection);
    else if (this.closing) connection.destroy();
    else this.idle.push(connection);
  }

  closed(connection: Connection): void {
    this.all.delete(connection);
    const place = this.idle.indexOf(connection);
    if (place !== -1) this.idle.splice(place, 1);
    this.bound.remove(connection);
    this.pacer.start();
  }

  /** Closes what has been idle for too long. @param now on `performance.now()`'s clock */
  sweep(now: number): void {
    for (const connection of this.idle.filter(({ idleUntil }) => idleUntil <= now)) connection.destroy();
    this.bound.sweep(now);
  }

  /** Finishes what is under way, and keeps nothing behind it. */
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

  /** An idle connection that is bound gives way to a request of another client. */
  private makeRoom(): void {
    if (this.waiting.length > this.dialling && this.size >= this.most) this.bound.evict();
  }

  get size(): number {
    return this.all.size + this.dialling;
  }

  /** As many as are waited for, and no more than there may be. */
  get wanted(): number {
    return Math.min(this.waiting.length - this.dialling, this.most - this.size);
  }

  dial(): void {
    this.dialling++;
    const inbox = new Inbox();
    this.connect(inbox).then(
      (socket) => {
        this.dialling--;
        const connection = new Connection(socket, inbox, this);
        this.all.add(connection);
        this.released(connection);
      },
      (error: unknown) => {
        this.dialling--;
        this.waiting.shift()?.onFailure(error as Error);
        this.pacer.start();
      },
    );
  }
}
