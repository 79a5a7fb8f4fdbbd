const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Whether a text is an instant in UTC to the second (RFC 3339) that exists in the calendar. */
export function isInstant(text: string): boolean {
  return INSTANT.test(text) && isSame(new Date(text), text.replace("Z", ".000Z"));
}

/** Whether a text is a day that exists in the calendar: `2027-01-31`. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && isSame(new Date(text), `${text}T00:00:00.000Z`);
}

/** `Date` reads 30 February as 2 March. */
function isSame(date: Date, text: string): boolean {
  return !Number.isNaN(date.getTime()) && date.toISOString() === text;
}
