import { printable } from "../terminal/printable";
import type { Style, Tone } from "../terminal/style";

/** Result of one check. */
export interface Finding {
  /** `error`: `pulumi up` fails, or requests do. `warning`: works, but not as it should. */
  readonly level: "ok" | "warning" | "error";
  /** What was checked: `cluster`, `dns`. */
  readonly subject: string;
  readonly text: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** Page that explains it. */
  readonly link?: string;
}

const DOCS = "https://github.com/k8s-egress/k8s-egress/blob/main/";

/** Address of a page of the documentation. */
export function page(path: string): string {
  return DOCS + path;
}

export function ok(subject: string, text: string): Finding {
  return { level: "ok", subject, text };
}

export function warning(subject: string, text: string, remedy: string, path: string): Finding {
  return { level: "warning", subject, text, remedy, link: page(path) };
}

export function problem(subject: string, text: string, remedy: string, path: string): Finding {
  return { level: "error", subject, text, remedy, link: page(path) };
}

const MARKS = { ok: ["✓", "good"], warning: ["!", "warning"], error: ["✗", "bad"] } as const satisfies Record<
  Finding["level"],
  [string, Tone]
>;

/** The findings for people: one line each, and what to do below it. */
export function asText(findings: readonly Finding[], style: Style): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings
    .flatMap(({ level, subject, text, remedy, link }) => {
      const [mark, tone] = MARKS[level];
      const below = (line: string) => `${" ".repeat(width + 4)}${line}\n`;
      return [
        `${style(tone, mark)} ${subject.padEnd(width)}  ${printable(text)}\n`,
        ...(remedy === undefined ? [] : [below(`→ ${printable(remedy)}`)]),
        ...(link === undefined ? [] : [below(style("faint", link))]),
      ];
    })
    .join("");
}
