import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { TargetKind } from "../../../proxy-image/src/contract/stub-domain/target-ref";

/** A Corefile as it is found somewhere, a stub domain to add to it, and what is right then. */
export interface CorefileCase {
  /** What is special about it, and why the outcome is right. */
  why: string;
  /** Where such a Corefile is found. */
  platform: string;
  /** The Corefile; for `corednsCustom` the one that imports the keys. */
  corefile: string;
  /** What is asked of the controller. */
  ask: {
    domain: string;
    /** IP to forward to. */
    address: string;
    /** `dns.target`; `coredns` where it is not given. */
    target?: TargetKind;
    /** For `corednsCustom`: the other keys of its ConfigMap, by name. */
    beside?: Record<string, string>;
  };
  expect: {
    /** The text with our block in it: of the Corefile, for `corednsCustom` of our key. */
    after?: string;
    /** A part of the message with which the controller refuses to write. */
    refused?: string;
    /** Parts of its warnings, all of them, in their order; none where it is not given. */
    warns?: string[];
  };
  /** How the real CoreDNS takes the Corefile, where that is not what its own tests expect of every case. */
  coredns?: {
    /** A part of the error with which it refuses to start, as it is found. */
    refuses?: string;
    /** Plugins that only the platform's build has: the real one here gets the text without their lines. */
    foreignPlugins?: string[];
  };
}

const FOLDER = join(__dirname, "../corefiles");
/** Key of ours in the ConfigMap `coredns-custom`. */
export const OWN_KEY = "egress-local.server";

/** Every case of the folder, by its file's name. */
export function corefileCases(): [name: string, corefileCase: CorefileCase][] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => [file.slice(0, -".yaml".length), read(file)]);
}

function read(file: string): CorefileCase {
  const value = parse(readFileSync(join(FOLDER, file), "utf8")) as CorefileCase;
  const unknown = Object.keys(value).find(
    (key) => !["why", "platform", "corefile", "ask", "expect", "coredns"].includes(key),
  );
  if (unknown !== undefined) throw new Error(`${file}: ${unknown} means nothing`);
  for (const key of ["why", "platform", "corefile"] as const)
    if (typeof value[key] !== "string" || value[key] === "") throw new Error(`${file}: ${key} is missing`);
  if ((value.expect.after === undefined) === (value.expect.refused === undefined))
    throw new Error(`${file}: expect has either after or refused`);
  return value;
}
