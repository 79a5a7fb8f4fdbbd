import { type Finding, ok, warning } from "./finding";

/** Seconds; the Date field of a response has whole ones, and the request takes time. */
const TOLERATED = 5;

/** A pod's time, and this machine's when it was read; milliseconds since 1970. */
export interface ClockReading {
  readonly pod: string;
  readonly time: number;
  readonly here: number;
}

/** Whether the pods' clocks are right: certificates are valid by them. Pure. */
export function checkClocks(readings: readonly ClockReading[]): Finding[] {
  if (readings.length === 0) return [];
  const wrong = readings.flatMap(({ pod, time, here }) => {
    const seconds = Math.round((time - here) / 1_000);
    return Math.abs(seconds) > TOLERATED
      ? [
          warning(
            "clock",
            `pod ${pod} is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} this machine: certificates may seem not yet valid, or expired`,
            "look at NTP on the pod's node, and here",
            "docs/observability.md",
          ),
        ]
      : [];
  });
  return wrong.length > 0 ? wrong : [ok("clock", "the pods' and this machine's agree")];
}
