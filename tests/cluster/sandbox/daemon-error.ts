import { readFileSync } from "node:fs";

/** A program of the cluster that ended, or did not become ready; with the end of its log. */
export class DaemonError extends Error {
  constructor(name: string, problem: string, log: string) {
    super(`${name} ${problem}. The end of ${log}:\n${lastLines(log, 15)}`);
    this.name = "DaemonError";
  }
}

function lastLines(file: string, count: number): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
}
