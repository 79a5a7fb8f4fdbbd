import { parseArgs } from "node:util";
import { objectName } from "./object-name";
import type { Spec } from "./spec";

/** The controller's command line. */
export interface ControllerArgs {
  spec: Spec;
  /** Of the HTTP server for probes and metrics. */
  port: number;
}

const USAGE = `usage: stub-domain.js --domain DOMAIN --dns-service NAMESPACE/SERVICE --cluster-domain DOMAIN
  --target NAMESPACE/CONFIGMAP --anchor NAMESPACE/CONFIGMAP --spec-hash HEX [--port 8081] [--proof-timeout 240]`;

const DEFAULT_PORT = "8081";
const DEFAULT_PROOF_TIMEOUT_SECONDS = "240";
const MAX_PROOF_TIMEOUT_SECONDS = 3600;

/** The command line is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Reads the command line.
 *
 * @throws UsageError that says which option is wrong and what would be right
 */
export function readArgs(argv: string[]): ControllerArgs {
  try {
    return parse(argv);
  } catch (error) {
    // The mistake last: the last lines of a container that exits are what Pulumi shows.
    const mistake = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${USAGE}\n${mistake}`, { cause: error });
  }
}

function parse(argv: string[]): ControllerArgs {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: argv,
    strict: true,
    allowPositionals: false,
    options: {
      domain: text,
      "dns-service": text,
      "cluster-domain": text,
      target: text,
      anchor: text,
      "spec-hash": text,
      port: { ...text, default: DEFAULT_PORT },
      "proof-timeout": { ...text, default: DEFAULT_PROOF_TIMEOUT_SECONDS },
    },
  });
  const required = (option: Exclude<keyof typeof values, "port" | "proof-timeout">) => {
    const value = values[option];
    if (value === undefined) throw new Error(`--${option} is missing`);
    return value;
  };
  const specHash = required("spec-hash");
  if (!/^[0-9a-f]{1,128}$/.test(specHash)) throw new Error(`--spec-hash: "${specHash}" is not hexadecimal`);
  return {
    spec: {
      domain: domainName("--domain", required("domain")),
      dnsService: objectName("--dns-service", required("dns-service")),
      clusterDomain: domainName("--cluster-domain", required("cluster-domain")),
      target: objectName("--target", required("target")),
      anchor: objectName("--anchor", required("anchor")),
      specHash,
      proofTimeoutMs:
        1000 * wholeNumber("--proof-timeout", values["proof-timeout"], MAX_PROOF_TIMEOUT_SECONDS),
    },
    port: wholeNumber("--port", values.port, 65_535),
  };
}

/**
 * Checks a domain name in its usual spelling.
 *
 * @param option for the error
 * @throws Error when it is none
 */
export function domainName(option: string, text: string): string {
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  if (text.length > 253 || !new RegExp(`^${label}(?:\\.${label})*$`).test(text)) {
    throw new Error(
      `${option}: "${text}" is no domain name in lower case and without the last dot, such as "egress.local"`,
    );
  }
  return text;
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > most) {
    throw new Error(`${option}: "${text}" is no whole number from 1 to ${most}`);
  }
  return number;
}
