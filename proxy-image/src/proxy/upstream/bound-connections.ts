import type { UpstreamConnection } from "../http1/upstream/upstream-connection";
import type { Binding } from "../message/upstream-stream";

/** Idle connections that are bound to a client, because the third party may have authenticated the client on them. */
export class BoundConnections {
  /** Longest idle first. */
  private readonly idle: UpstreamConnection[] = [];

  /** Takes one that is bound to this client, if there is a usable one. */
  take(requester: { readonly binding: Binding }): UpstreamConnection | undefined {
    // The usual case; then the requester's binding need not be computed.
    if (this.idle.length === 0) return undefined;
    const { client, identity } = requester.binding;
    const place = this.idle.findLastIndex(
      ({ binding, usable }) => usable && binding?.client === client && binding.identity === identity,
    );
    return place === -1 ? undefined : this.idle.splice(place, 1)[0];
  }

  add(connection: UpstreamConnection): void {
    this.idle.push(connection);
  }

  remove(connection: UpstreamConnection): void {
    const place = this.idle.indexOf(connection);
    if (place !== -1) this.idle.splice(place, 1);
  }

  /** Ends the one that has been idle for the longest time, so that another client can have a connection. */
  evict(): void {
    this.idle.shift()?.destroy();
  }

  /** Ends those that have been idle for too long. @param now on `performance.now()`'s clock */
  sweep(now: number): void {
    for (const connection of this.idle.filter(({ idleUntil }) => idleUntil <= now)) connection.destroy();
  }

  /** Ends all. */
  destroy(): void {
    for (const connection of this.idle.splice(0)) connection.destroy();
  }
}
