import * as pulumi from "@pulumi/pulumi";

/** Collects the errors in the arguments, so that a user sees all of them at once. */
export class Problems {
  private readonly found: string[] = [];
  private readonly unknown: string[] = [];

  /**
   * @param path The argument, as written in the program: `upstreams[2].host`.
   * @param what What is wrong and how to correct it, with an example; no full stop.
   */
  add(path: string, what: string): void {
    if (
      this.unknown.some(
        (known) => path === known || path.startsWith(`${known}.`) || path.startsWith(`${known}[`),
      )
    )
      return;
    this.found.push(`${path}: ${what}`);
  }

  /** Reports an Output or a promise in place of a plain value, and no other error of it or below it. */
  addDeferred(path: string): void {
    this.add(path, "is an Output, but it decides what is created; give a plain value, known at preview");
    this.unknown.push(path);
  }

  get any(): boolean {
    return this.found.length > 0;
  }

  /**
   * One message with every problem on a line of its own.
   *
   * @param outcome What follows from them.
   */
  report(subject: string, outcome = "nothing was created"): string {
    const count =
      this.found.length === 1 ? "1 argument is wrong" : `${this.found.length} arguments are wrong`;
    return `${subject}: ${count}, ${outcome}.\n${this.found.map((line) => `  ${line}.`).join("\n")}`;
  }
}

/** A value as it is shown in a message: short, quoted, on one line. */
export function show(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : describe(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function describe(value: unknown): string {
  if (value === undefined || value === null || typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  if (isDeferred(value)) return "an Output";
  if (Array.isArray(value)) return "a list";
  return `a value of type ${typeof value}`;
}

/** True for a value that is known only while the program runs: an Output or a promise. */
export function isDeferred(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}
