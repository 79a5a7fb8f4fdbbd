import type { TLSSocket } from "node:tls";
import { BoundConnections } from "./bound-connections";
import { Inbox } from "./inbox";
import { Connection, type ConnectionOwner, type Requester } from "./connection";

/**
 * Milliseconds for which a request waits for a connection that is in use, before more are dialled, and between one
 * step of dials and the next. A dial takes longer, and a millisecond of the processor: a dial for each of the
 * requests that had piled up in a pause made it a longer one.
 */
const PATIENCE = 5;
/** In one step the connections become so many more, or so many times as many: 64 take 55 ms, 1,000 take 115. */
const STEP = 4;
const GROWTH = 1.25;

/**
 * The connections to one origin. A free one is found in one step, the last used first, so that those beyond the
 * need fall idle and are closed.
 */
export class Pool implements ConnectionOwner {
  private readonly idle: Connection[] = [];
  private readonly bound = new BoundConnections();
  private readonly all = new Set<Connection>();
  private readonly waiting: Requester[] = [];
  private dialling = 0;
  private patience: NodeJS.Timeout | undefined;
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
    if (fresh || this.all.size + this.dialling === 0) this.dial();
    else this.dialLater();
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
      this.dial();
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
    this.dial();
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
    clearTimeout(this.patience);
    this.patience = undefined;
    this.waiting.length = 0;
    for (const connection of this.all) connection.destroy();
  }

  private dialLater(): void {
    this.patience ??= setTimeout(() => {
      this.patience = undefined;
      this.dial();
    }, PATIENCE);
  }

  /** As many connections as are waited for, step by step, and no more than there may be. */
  private dial(): void {
    if (this.waiting.length > this.dialling && this.all.size + this.dialling >= this.most) this.bound.evict();
    const now = this.all.size + this.dialling;
    const step = Math.max(now + STEP, Math.floor(now * GROWTH));
    while (this.waiting.length > this.dialling && this.all.size + this.dialling < this.most) {
      if (this.all.size + this.dialling === step) {
        this.dialLater();
        return;
      }
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
          this.dial();
        },
      );
    }
  }
}
