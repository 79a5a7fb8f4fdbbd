import { styleText } from "node:util";
import type { Streams } from "../command";

/** Meaning of a text, for its colour. */
export type Tone = "good" | "warning" | "bad" | "faint" | "plain";

/** Colours a text, or returns it unchanged. */
export type Style = (tone: Tone, text: string) => string;

const FORMATS = { good: "green", warning: "yellow", bad: "red", faint: "dim" } as const;

/** Colours only on a terminal, and not with NO_COLOR (https://no-color.org). */
export function styleFor(out: Streams["out"], env: NodeJS.ProcessEnv = process.env): Style {
  if (out.isTTY !== true || (env.NO_COLOR ?? "") !== "") return (_, text) => text;
  return (tone, text) =>
    tone === "plain" ? text : styleText(FORMATS[tone], text, { validateStream: false });
}
