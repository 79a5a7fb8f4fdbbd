import { isDay } from "../../../proxy-image/src/contract/policy/instant";

const DAY = 86_400_000;

/** The first instant after a day, in UTC to the second: `2027-01-31` → `2027-02-01T00:00:00Z`. */
export function endOfDay(day: string): string {
  if (!isDay(day)) throw new Error(`unchecked day ${JSON.stringify(day)}`);
  return new Date(Date.parse(day) + DAY).toISOString().replace(".000Z", "Z");
}

/** The day that is this many days after an instant, in UTC. */
export function dayAfter(now: Date, days: number): string {
  return new Date(now.getTime() + days * DAY).toISOString().slice(0, 10);
}
