import { findProgram } from "../../requirements/machine";

/** Why tests with a program that is built from Go modules are skipped, or false. */
export function whyWithoutGo(program: string): string | false {
  return findProgram("go") ? false : `go is not on PATH, so there is no ${program}`;
}

/** Milliseconds that the first build may take, on a busy machine. */
export const BUILD_TIMEOUT = 600_000;
