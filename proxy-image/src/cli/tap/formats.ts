import { milliseconds } from "../stat/formats";
import { printable } from "../terminal/printable";
import type { Style, Tone } from "../terminal/style";
import type { TapEvent } from "./event";

/** One line about a request, for people. */
export function asLine(event: TapEvent, paths: boolean, style: Style): string {
  const { time, client, method, host, path, status, failure, reason, cancelled } = event;
  const at = /T(\d\d:\d\d:\d\d)/.exec(time)?.[1] ?? "";
  const end = failure ?? (cancelled ? "client left" : "");
  const words = [
    style("faint", at),
    style(toneOf(event), status === 0 ? "---" : String(status)),
    (event.milliseconds === undefined ? "-" : milliseconds(event.milliseconds)).padStart(7),
    printable(client ?? "-"),
    printable(method ?? "-"),
    printable(`${host ?? "-"}${paths ? (path ?? "") : ""}`),
    ...(end === "" ? [] : [style(toneOf(event), printable(end))]),
    ...(failure !== undefined && reason !== undefined ? [style("faint", printable(`(${reason})`))] : []),
  ];
  return `${words.join("  ")}\n`;
}

/** The same as JSON, with escapes for what a terminal would act upon. */
export function asJsonLine(event: TapEvent, paths: boolean): string {
  const json = JSON.stringify(paths ? event : { ...event, path: undefined });
  // JSON.stringify has escaped U+0000 to U+001F; all others of these are in texts.
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (one) => one.split("").map(escape).join(""))}\n`;
}

function toneOf({ status, failure }: TapEvent): Tone {
  if (status >= 500) return "bad";
  return status >= 400 || failure !== undefined ? "warning" : "good";
}
