import type { PolicyUpstream } from "../../contract/policy/policy";
import { type Failure, clientBusy, upstreamBusy } from "../errors/failures";

/**
 * Bounds the requests in flight to one upstream (a bulkhead), so that a slow third party or a busy client stops no
 * other.
 */
export class InFlight {
  count = 0;
  private readonly byClient = new Map<string, number>();
  private readonly most: number;
  private readonly mostPerClient: number;

  constructor({ maxRequests = Infinity, maxRequestsPerClient = Infinity }: PolicyUpstream) {
    this.most = maxRequests;
    this.mostPerClient = maxRequestsPerClient;
  }

  /** @returns the failure if there is no room; undefined if there is: then `release` must follow */
  acquire(client: string): Failure | undefined {
    if (this.count >= this.most) return upstreamBusy;
    const own = this.mostPerClient === Infinity ? 0 : (this.byClient.get(client) ?? 0);
    if (own >= this.mostPerClient) return clientBusy;
    this.count++;
    if (this.mostPerClient !== Infinity) this.byClient.set(client, own + 1);
    return undefined;
  }

  release(client: string): void {
    this.count--;
    if (this.mostPerClient === Infinity) return;
    const own = this.byClient.get(client)! - 1;
    if (own === 0) this.byClient.delete(client);
    else this.byClient.set(client, own);
  }
}
