import { parseArgs } from "node:util";
import { MESH_MODES, type MeshMode } from "./mesh/sidecar";
import { LOG_LEVELS, type LogLevel } from "./log";

/** The proxy's options. */
export interface CommandLine {
  /** Path of the policy: a file, or a folder of files. */
  policy: string;
  /** Its SHA-256, in hexadecimal. */
  policySha256: string;
  mesh: MeshMode;
  /** Port of the sidecar's readiness on loopback. */
  sidecarPort: number;
  port: number;
  adminPort: number;
  /** Milliseconds. */
  drain: number;
  logLevel: LogLevel;
  /** Percentage of successful requests that are logged. */
  logPercent: number;
  /** Port on loopback that serves the policy. */
  policyPort: number;
  /** Folder of the credentials; undefined for none. */
  credentials: string | undefined;
  /** Absolute name of a headless Service that selects all pods of this proxy; undefined for none. */
  ownService: string | undefined;
}

/** Usage text. */
export const USAGE = `usage: proxy.js --policy <file|folder> --policy-sha256 <hex> --mesh ${MESH_MODES.join("|")}
                [--sidecar-port 4191] [--port 8080] [--admin-port 9090] [--drain 60s] [--log-level info]
                [--log-percent 100] [--policy-port 9091] [--credentials <folder>]
                [--own-service <name.>]`;

/** The command line is invalid; the message says how to correct it. */
export class CommandLineError extends Error {
  override readonly name = "CommandLineError";
}

const text = { type: "string" } as const;
const options = {
  policy: text,
  "policy-sha256": text,
  mesh: text,
  "sidecar-port": { type: "string", default: "4191" },
  port: { type: "string", default: "8080" },
  "admin-port": { type: "string", default: "9090" },
  drain: { type: "string", default: "60s" },
  credentials: text,
  "own-service": text,
  "log-percent": { type: "string", default: "100" },
  "policy-port": { type: "string", default: "9091" },
  "log-level": { type: "string", default: "info" },
} as const;

/** @throws CommandLineError */
export function parseCommandLine(args: string[]): CommandLine {
  const given = parse(args);
  return {
    policy: required(given, "policy"),
    policySha256: matching(given, "policy-sha256", /^[0-9a-f]{64}$/, "64 hexadecimal digits in lower case"),
    mesh: oneOf(given, "mesh", MESH_MODES),
    sidecarPort: port(given, "sidecar-port"),
    port: port(given, "port"),
    adminPort: port(given, "admin-port"),
    drain: duration(given, "drain"),
    logPercent: Number(matching(given, "log-percent", /^(?:\d{1,2}|100)$/, "a whole number from 0 to 100")),
    policyPort: port(given, "policy-port"),
    credentials: given.credentials,
    ownService:
      given["own-service"] === undefined
        ? undefined
        : matching(given, "own-service", /^[a-z0-9.-]+\.$/, "an absolute name, with the root's dot"),
    logLevel: oneOf(given, "log-level", LOG_LEVELS),
  };
}

type Given = Partial<Record<keyof typeof options, string>>;

function parse(args: string[]): Given {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new CommandLineError((error as Error).message);
  }
}

function required(given: Given, name: keyof Given): string {
  const value = given[name];
  if (value === undefined || value === "") throw new CommandLineError(`--${name} is missing`);
  return value;
}

function matching(given: Given, name: keyof Given, pattern: RegExp, meaning: string): string {
  const value = required(given, name);
  if (!pattern.test(value)) {
    throw new CommandLineError(`--${name} must be ${meaning}; is ${JSON.stringify(value)}`);
  }
  return value;
}

function oneOf<T extends string>(given: Given, name: keyof Given, values: readonly T[]): T {
  const value = required(given, name);
  const found = values.find((known) => known === value);
  if (found === undefined) {
    throw new CommandLineError(`--${name} must be one of ${values.join(", ")}; is ${JSON.stringify(value)}`);
  }
  return found;
}

function port(given: Given, name: keyof Given): number {
  const value = Number(matching(given, name, /^[1-9]\d{0,4}$/, "a TCP port, 1 to 65535"));
  if (value > 65_535) throw new CommandLineError(`--${name} must be a TCP port, 1 to 65535; is ${value}`);
  return value;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function duration(given: Given, name: keyof Given): number {
  const value = matching(given, name, /^[1-9]\d{0,6}(?:ms|s|m|h)$/, 'a duration such as "60s"');
  const [, amount, unit] = /^(\d+)(\D+)$/.exec(value)!;
  return Number(amount) * UNITS[unit!]!;
}
