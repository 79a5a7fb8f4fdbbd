import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { TARGET_KINDS } from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { type Shape, FormatError, list, mapOf, object, oneOf, optional, text } from "./shape";

const FOLDER = join(__dirname, "../corefiles");

const fields = object({
  why: text,
  platform: text,
  corefile: text,
  ask: object({
    domain: text,
    address: text,
    target: optional(oneOf(...TARGET_KINDS)),
    configMap: optional(text),
    beside: optional(mapOf(text)),
  }),
  expect: object({
    after: optional(text),
    refused: optional(text),
    warns: optional(list(text)),
    advises: optional(text),
  }),
  coredns: optional(object({ refuses: optional(text), foreignPlugins: optional(list(text)) })),
});

/** A Corefile as it is found somewhere, a stub domain to add to it, and what is right then: README.md, corefiles. */
export type CorefileCase = typeof fields extends Shape<infer T> ? T : never;

export const corefileFormat: Shape<CorefileCase> = {
  what: fields.what,
  read(value, at) {
    const one = fields.read(value, at);
    if ((one.expect.after === undefined) !== (one.expect.refused === undefined)) return one;
    throw new FormatError("expect", "has both or none of after and refused", "one of them");
  },
};

/** Every case of the folder, by its file's name. */
export function corefileCases(): [name: string, corefileCase: CorefileCase][] {
  return readdirSync(FOLDER)
    .sort()
    .map((file) => [
      file.slice(0, -".yaml".length),
      corefileFormat.read(parse(readFileSync(join(FOLDER, file), "utf8")), ""),
    ]);
}
