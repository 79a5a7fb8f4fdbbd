import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import MarkdownIt from "markdown-it";

export const root = resolve(__dirname, "../../..");

/** A fenced block of code. */
export interface Block {
  /** Its page, relative to the repository. */
  readonly file: string;
  /** Line of its first line of code, from 1. */
  readonly line: number;
  /** First word of its info string; empty if it has none. */
  readonly language: string;
  readonly code: string;
  /** The file that the paragraph before names for it, as in "`index.ts`:". */
  readonly name?: string;
  /** Texts of the headings above it, the nearest last. */
  readonly headings: readonly string[];
}

/** The blocks of one page, in their order; those in lists too. */
export function blocksOf(file: string, text: string): Block[] {
  const blocks: Block[] = [];
  const headings: string[] = [];
  let paragraph = "";
  const tokens = new MarkdownIt().parse(text, {});
  for (const [at, { type, tag, info, content, map }] of tokens.entries()) {
    if (type === "heading_open") headings.splice(Number(tag.slice(1)) - 1, Infinity, tokens[at + 1]!.content);
    if (type === "inline") paragraph = content;
    if (type !== "fence") continue;
    const name = /^`([^`]+)`:$/.exec(paragraph)?.[1];
    blocks.push({
      file,
      line: map![0] + 2,
      language: info.trim().split(/\s/)[0]!,
      code: content,
      headings: [...headings],
      ...(name !== undefined && { name }),
    });
    paragraph = "";
  }
  return blocks;
}

/** The blocks of every page for users. */
export function allBlocks(): Block[] {
  const files = [...globSync("*.md", { cwd: root }), ...globSync("docs/**/*.md", { cwd: root })].sort();
  return files.flatMap((file) => blocksOf(file, readFileSync(join(root, file), "utf8")));
}
