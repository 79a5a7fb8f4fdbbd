import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { OTLP_RECEIVER, goProgram } from "../../cluster/programs/go-program";
import { whyWithoutGo } from "../../cluster/programs/go-tests";

export { BUILD_TIMEOUT } from "../../cluster/programs/go-tests";

/** Why tests with it are skipped, or false. */
export const withoutGo = whyWithoutGo("OTLP receiver");

/** Builds the program where the cache lacks it, so that no test waits for a compiler. */
export async function receiverProgram(): Promise<string> {
  return join(await goProgram(OTLP_RECEIVER, (line) => console.error(line)), OTLP_RECEIVER.name);
}

type Value = { stringValue: string } | { intValue: string } | { boolValue: boolean };

/** A span in OTLP's JSON, with its attributes as an object. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  /** 2 server, 3 client. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly events?: { readonly name: string; readonly timeUnixNano: string }[];
  /** 2 is an error. */
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Record<string, string | number | boolean>;
  /** Of the process that sent it. */
  readonly resource: Record<string, string | number | boolean>;
}

/** A line that the receiver prints: OTLP in JSON. */
export interface Line {
  readonly headers?: Record<string, string[]>;
  readonly resourceSpans?: {
    readonly resource: { readonly attributes: Attribute[] };
    readonly scopeSpans: {
      readonly spans: (Omit<ReceivedSpan, "attributes"> & { attributes?: Attribute[] })[];
    }[];
  }[];
}

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

/** The collector's receiver, as a process. */
export interface Receiver extends AsyncDisposable {
  readonly endpoint: string;
  /** Spans so far. */
  readonly spans: ReceivedSpan[];
  readonly process: ChildProcess;
}

/** Starts the receiver on a free port of loopback. */
export async function startReceiver(): Promise<Receiver> {
  const program = await receiverProgram();
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, [address], { stdio: ["ignore", "pipe", "inherit"] });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const spans: ReceivedSpan[] = [];
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, "line");
  lines.on("line", (line) => spans.push(...spansOf(JSON.parse(line) as Line)));
  await ready;
  return {
    endpoint: `http://${address}`,
    spans,
    process: child,
    async [Symbol.asyncDispose]() {
      process.off("exit", kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      kill();
      await once(child, "exit");
    },
  };
}

/** The spans of a line that the receiver printed. */
export function spansOf({ resourceSpans = [] }: Line): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: objectOf(span.attributes ?? []),
        resource: objectOf(resource.attributes),
      })),
    ),
  );
}

function objectOf(attributes: Attribute[]): Record<string, string | number | boolean> {
  return Object.fromEntries<string | number | boolean>(
    attributes.map<[string, string | number | boolean]>(({ key, value }) => {
      if ("stringValue" in value) return [key, value.stringValue];
      return [key, "intValue" in value ? Number(value.intValue) : value.boolValue];
    }),
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
