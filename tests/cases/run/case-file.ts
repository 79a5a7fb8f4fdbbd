import { readFileSync } from "node:fs";
import type { TestContext } from "node:test";
import { parseDocument } from "yaml";
import { type Shape, FormatError } from "./shape";

/** One test of a case file. */
export interface CaseTest {
  /** Added to the file's name where it has several. */
  readonly variant?: string;
  /** Rejects if the outcome is another one than expected. */
  readonly run: (t: TestContext) => Promise<void>;
}

/** How the files of one folder are read and run. */
export interface Kind {
  /** Files that run at the same time. Default: 1. */
  readonly atATime?: number;
  /** @throws FormatError */
  read(value: unknown): { readonly why: string; readonly tests: readonly CaseTest[] };
}

/** A kind by its format and what it does with what was read. */
export function kind<T extends { why: string }>(
  format: Shape<T>,
  tests: (read: T) => readonly CaseTest[],
): Kind {
  return {
    read(value) {
      const read = format.read(value, "");
      return { why: read.why, tests: tests(read) };
    },
  };
}

/** Runs what may find a mistake in a case file. @throws Error with the file's path in front of the mistake */
export async function withPath(path: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw named(path, error);
  }
}

/**
 * Reads a case file.
 *
 * @throws Error with the file's path, what is wrong in it and what would be right
 */
export function readCase(path: string, of: Kind): ReturnType<Kind["read"]> {
  const document = parseDocument(readFileSync(path, "utf8"));
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw new Error(`${path} is not YAML: ${problem.message}`);
  try {
    return of.read(document.toJS());
  } catch (error) {
    throw named(path, error);
  }
}

function named(path: string, error: unknown): unknown {
  return error instanceof FormatError ? new Error(`${path}: ${error.message}`, { cause: error }) : error;
}
