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

/** The same as JSON. */
export function asJsonLine(event: TapEvent, paths: boolean): string {
  return `${JSON.stringify(paths ? event : { ...event, path: undefined })}\n`;
}

function toneOf({ status, failure }: TapEvent): Tone {
  if (status >= 500) return "bad";
  return status >= 400 || failure !== undefined ? "warning" : "good";
}
