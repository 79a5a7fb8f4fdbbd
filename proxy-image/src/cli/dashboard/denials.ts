import type { Policy } from "../../contract/policy/policy";
import { serviceAccountOf } from "../../contract/names/service-account";
import { evaluatePolicy } from "../../proxy/evaluate/evaluate";
import { InvalidUrlError } from "../../proxy/evaluate/question";
import { additionText } from "../can-i/answer";
import type { TapEvent } from "../tap/event";

/** A request that the policy denied, and what would admit it. */
export type Denial = TapEvent & Remedy;

/** What would admit a request. */
interface Remedy {
  /** What to add to the program; absent if no rule can admit it, or none is needed any more. */
  readonly rule?: string;
  /** Whether the policy of now would allow it. */
  readonly isAllowed?: true;
}

const MOST_DENIALS = 50;
const DENIED = 403;
/** Failures that a rule or another upstream could end. */
const BY_RULES: ReadonlySet<string> = new Set(["not-listed", "client-denied", "request-denied"]);

/** The last denials, equal ones once. */
export class Denials {
  private readonly all = new Map<string, { readonly event: TapEvent; readonly remedy: Remedy }>();

  constructor(private policy: Policy) {}

  add(event: TapEvent): void {
    if (event.status !== DENIED || event.failure === undefined) return;
    const { client, method, host, path, failure } = event;
    const key = JSON.stringify([client, method, host, path, failure]);
    const { remedy = remedyFor(this.policy, event) } = this.all.get(key) ?? {};
    // Deleted first: it is the last now.
    this.all.delete(key);
    this.all.set(key, { event, remedy });
    const [oldest] = this.all.keys();
    if (this.all.size > MOST_DENIALS && oldest !== undefined) this.all.delete(oldest);
  }

  /** The policy has changed: what would admit them may have, too. */
  judgeBy(policy: Policy): void {
    this.policy = policy;
    for (const [key, { event }] of this.all) this.all.set(key, { event, remedy: remedyFor(policy, event) });
  }

  /** The latest first. */
  get list(): Denial[] {
    return [...this.all.values()].reverse().map(({ event, remedy }) => ({ ...event, ...remedy }));
  }
}

function remedyFor(policy: Policy, { client, method, host, path, failure = "" }: TapEvent): Remedy {
  if (method === undefined || host === undefined) return {};
  const by = client === undefined ? undefined : serviceAccountOf(client);
  try {
    const verdict = evaluatePolicy(policy, { client: by, method, url: `https://${host}${path ?? "/"}` });
    // A WebSocket, for example, is denied for another reason than the rules.
    if (verdict.allowed) return BY_RULES.has(failure) ? { isAllowed: true } : {};
    const rule = additionText(verdict);
    return rule === undefined ? {} : { rule };
  } catch (error) {
    // A host or path that no URL has, in a log that clients fill.
    if (error instanceof InvalidUrlError) return {};
    throw error;
  }
}
