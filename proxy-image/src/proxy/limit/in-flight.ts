import type { PolicyUpstream } from "../../contract/policy/policy";
import { type Failure, callerBusy, upstreamBusy } from "../errors/failures";

/** Requests in flight to one upstream: a bulkhead, so that a slow third party or a busy caller stops nobody else. */
export class InFlight {
  count = 0;
  private readonly byCaller = new Map<string, number>();
  private readonly most: number;
  private readonly mostPerCaller: number;

  constructor({ maxRequests = Infinity, maxRequestsPerCaller = Infinity }: PolicyUpstream) {
    this.most = maxRequests;
    this.mostPerCaller = maxRequestsPerCaller;
  }

  /** @returns why not, or undefined: then `leave` must follow */
  enter(caller: string): Failure | undefined {
    if (this.count >= this.most) return upstreamBusy;
    const own = this.mostPerCaller === Infinity ? 0 : (this.byCaller.get(caller) ?? 0);
    if (own >= this.mostPerCaller) return callerBusy;
    this.count++;
    if (this.mostPerCaller !== Infinity) this.byCaller.set(caller, own + 1);
    return undefined;
  }

  leave(caller: string): void {
    this.count--;
    if (this.mostPerCaller === Infinity) return;
    const own = this.byCaller.get(caller)! - 1;
    if (own === 0) this.byCaller.delete(caller);
    else this.byCaller.set(caller, own);
  }
}
