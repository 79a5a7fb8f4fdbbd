import type { Policy } from "../../contract/policy/policy";
import { serviceAccountOf } from "../../contract/names/service-account";
import { evaluatePolicy } from "../../proxy/evaluate/evaluate";
import { InvalidUrlError } from "../../proxy/evaluate/question";
import { additionText } from "../can-i/answer";
import type { TapEvent } from "../tap/event";

/** A request that the policy denied, and what would admit it. */
export interface Denial extends TapEvent {
  /** What to add to the program; absent if no rule can admit it. */
  readonly rule?: string;
}

const MOST_DENIALS = 50;
const DENIED = 403;

/** The last denials, equal ones once. */
export class Denials {
  private readonly all = new Map<string, Denial>();

  constructor(private readonly policy: Policy) {}

  add(event: TapEvent): void {
    if (event.status !== DENIED || event.failure === undefined) return;
    const { client, method, host, path, failure } = event;
    const key = JSON.stringify([client, method, host, path, failure]);
    const rule = this.all.get(key)?.rule ?? ruleFor(this.policy, event);
    // Deleted first: it is the last now.
    this.all.delete(key);
    this.all.set(key, { ...event, ...(rule !== undefined && { rule }) });
    const [oldest] = this.all.keys();
    if (this.all.size > MOST_DENIALS && oldest !== undefined) this.all.delete(oldest);
  }

  /** The latest first. */
  get list(): Denial[] {
    return [...this.all.values()].reverse();
  }
}

function ruleFor(policy: Policy, { client, method, host, path }: TapEvent): string | undefined {
  if (method === undefined || host === undefined) return undefined;
  const by = client === undefined ? undefined : serviceAccountOf(client);
  try {
    const verdict = evaluatePolicy(policy, { client: by, method, url: `https://${host}${path ?? "/"}` });
    return verdict.allowed ? undefined : additionText(verdict);
  } catch (error) {
    // A host or path that no URL has, in a log that clients fill.
    if (error instanceof InvalidUrlError) return undefined;
    throw error;
  }
}
