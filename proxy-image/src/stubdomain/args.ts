import type { ObjectName } from "../contract/stub-domain/objects";
import { parseArgs } from "node:util";
import { objectName, resourceName } from "./object-name";
import type { Spec } from "../contract/stub-domain/spec";
import {
  corefileNames,
  TARGET_KINDS,
  TARGET_SHAPES,
  type TargetRef,
} from "../contract/stub-domain/target-ref";

/** The controller's command line. */
export interface ControllerArgs {
  spec: Spec;
  /** Port of the HTTP server for probes and metrics. */
  port: number;
}

const USAGE = `usage: stub-domain.js --domain DOMAIN --dns-service NAMESPACE/SERVICE --cluster-domain DOMAIN
  --target NAMESPACE/NAME [--target-kind coredns] [--target-key KEY] [--target-corefile NAME]
  --anchor NAMESPACE/CONFIGMAP --spec-hash HEX [--cluster-dns-service NAME] [--owner HEX] [--behind-cache]
  [--port 8081] [--proof-timeout 240]`;

const DEFAULT_PORT = "8081";
const DEFAULT_PROOF_TIMEOUT_SECONDS = "240";
const MAX_PROOF_TIMEOUT_SECONDS = 3600;

/** The command line is invalid. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Parses the command line.
 *
 * @throws UsageError that says which option is wrong, and how to correct it
 */
export function readArgs(argv: string[]): ControllerArgs {
  try {
    return parse(argv);
  } catch (error) {
    // The error comes last, because Pulumi shows the last lines of a container that exits.
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
      "target-kind": text,
      "target-key": text,
      "target-corefile": text,
      "cluster-dns-service": text,
      anchor: text,
      "spec-hash": text,
      owner: text,
      "behind-cache": { type: "boolean", default: false },
      port: { ...text, default: DEFAULT_PORT },
      "proof-timeout": { ...text, default: DEFAULT_PROOF_TIMEOUT_SECONDS },
    },
  });
  const required = (
    option: "domain" | "dns-service" | "cluster-domain" | "target" | "anchor" | "spec-hash",
  ) => {
    const value = values[option];
    if (value === undefined) throw new Error(`--${option} is missing`);
    return value;
  };
  const specHash = required("spec-hash");
  if (!/^[0-9a-f]{1,128}$/.test(specHash)) throw new Error(`--spec-hash: "${specHash}" is not hexadecimal`);
  const { owner, "cluster-dns-service": service } = values;
  if (owner !== undefined && !/^[0-9a-f]{8}$/.test(owner)) {
    throw new Error(`--owner: "${owner}" is not eight hexadecimal digits`);
  }
  return {
    spec: {
      domain: domainName("--domain", required("domain")),
      dnsService: objectName("--dns-service", required("dns-service")),
      clusterDomain: domainName("--cluster-domain", required("cluster-domain")),
      target: targetRef(
        objectName("--target", required("target")),
        values["target-kind"],
        values["target-key"],
        values["target-corefile"],
      ),
      ...(service === undefined ? {} : { clusterDnsService: resourceName("--cluster-dns-service", service) }),
      anchor: objectName("--anchor", required("anchor")),
      ...(owner === undefined ? {} : { owner }),
      ...(values["behind-cache"] ? { behindCache: true } : {}),
      specHash,
      proofTimeoutMs:
        1000 * wholeNumber("--proof-timeout", values["proof-timeout"], MAX_PROOF_TIMEOUT_SECONDS),
    },
    port: wholeNumber("--port", values.port, 65_535),
  };
}

/**
 * The target that an object is.
 *
 * @throws Error if there is no such kind, or if it needs a key or can't have one, or can't have a Corefile beside it
 */
export function targetRef(object: ObjectName, kind?: string, key?: string, corefile?: string): TargetRef {
  const known = TARGET_KINDS.find((one) => one === kind);
  if (kind !== undefined && !known) {
    throw new Error(`--target-kind: "${kind}" is none of ${TARGET_KINDS.join(", ")}`);
  }
  const { holds, key: usual } = TARGET_SHAPES[known ?? "coredns"];
  if (key === undefined && usual === undefined && holds === "blocks") {
    throw new Error(`--target-key is missing: the kind ${kind} needs one`);
  }
  if (key !== undefined) {
    if (holds === "servers") throw new Error(`--target-key: the kind ${kind} has no key`);
    if (!/^[\w.-]{1,253}$/.test(key)) throw new Error(`--target-key: "${key}" is no key of a ConfigMap`);
  }
  const ref = { ...(known === undefined ? {} : { kind: known }), ...object };
  if (corefile !== undefined && corefileNames(ref).length === 0) {
    throw new Error(`--target-corefile: no Corefile imports the kind ${kind ?? "coredns"}`);
  }
  return {
    ...ref,
    ...(key === undefined ? {} : { key }),
    ...(corefile === undefined ? {} : { corefile: resourceName("--target-corefile", corefile) }),
  };
}

/**
 * Validates a domain name in its usual spelling.
 *
 * @param option for the error
 * @throws Error if it is invalid
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
