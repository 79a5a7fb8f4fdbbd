/** W3C Trace Context (https://www.w3.org/TR/trace-context/): what a request says about the trace that it belongs to. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** §3.2.2; what may follow is of a later version than 00. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** §3.2.2.3 and §3.2.2.4: these ids are invalid. */
const NOTHING = /^0+$/;

/** Characters of a `tracestate` that is passed on; §3.3.1.5 asks for at least as many. */
const MOST_STATE = 512;

/** @returns undefined if it is absent or invalid: then the request begins a trace (§4.3) */
export function parseTraceparent(value: string | undefined): TraceParent | undefined {
  const parts = value === undefined ? undefined : TRACEPARENT.exec(value);
  if (!parts) return undefined;
  const [, version, traceId, spanId, flags, more] = parts as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The field's value, in version 00. */
export function traceparentOf({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/**
 * The `tracestate` of a request, repeated fields joined (§3.3.1.1).
 *
 * @param fields flat: name, value, ...
 * @returns undefined if there is none, or one that is too long: a vendor's state without its end would mislead it
 */
export function tracestateOf(fields: readonly string[]): string | undefined {
  let state: string | undefined;
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i]!.length !== 10 || fields[i]!.toLowerCase() !== "tracestate") continue;
    state = state === undefined ? fields[i + 1]! : `${state},${fields[i + 1]!}`;
  }
  return state === undefined || state.length > MOST_STATE || !/^[\x20-\x7e]+$/.test(state)
    ? undefined
    : state;
}
