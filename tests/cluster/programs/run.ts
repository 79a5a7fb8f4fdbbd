import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What a command is run with. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Written to its standard input. */
  readonly input?: string;
  /** Called with each line of its standard error, as it comes. */
  readonly onLine?: (line: string) => void;
}

/** A command's two outputs. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that ended with another status than 0. */
export class CommandError extends Error {
  constructor(
    readonly command: string,
    readonly status: number | string,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(`"${command}" ended with ${status}: ${(stderr || stdout).trim().slice(-2000)}`);
    this.name = "CommandError";
  }
}

/** Runs a command to its end, without a shell. Throws {@link CommandError} when it fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: "pipe" });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    if (options.onLine) createInterface({ input: child.stderr }).on("line", options.onLine);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else {
        const line = [command, ...args].join(" ");
        reject(new CommandError(line, code ?? signal ?? "unknown", output.stdout, output.stderr));
      }
    });
    // A command that ends without reading its input is judged by its status alone.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}
