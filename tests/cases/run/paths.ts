import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Kind, kind } from "./case-file";
import { Client } from "./client";
import { checkResponse } from "./expectation";
import { type Shape, FormatError, list, object, optional, text } from "./shape";
import { HOST, NAME, startStage } from "./stage";
import { createThirdParty, send } from "./third-party";

const fields = object({
  why: text,
  rules: list(text),
  admitted: optional(list(text)),
  notAdmitted: optional(list(text)),
  ambiguous: optional(list(text)),
});
type Case = typeof fields extends Shape<infer T> ? T : never;

const format: Shape<Case> = {
  what: fields.what,
  read(value, at) {
    const one = fields.read(value, at);
    if (one.admitted ?? one.notAdmitted ?? one.ambiguous) return one;
    throw new FormatError(at, "expects nothing", "at least one of admitted, notAdmitted, ambiguous");
  },
};

/** Which paths an upstream's rules admit, which they do not, and which could be read in two ways. */
export const paths: Kind = kind(format, (one) => [{ run: (t) => run(t, one) }]);

async function run(t: TestContext, one: Case): Promise<void> {
  const world = await startStage(t, { allow: [{ paths: one.rules }] });
  const party = createThirdParty((connection) =>
    send(connection, "HTTP/1.1 204 No Content\r\n\r\n", "keeps-open", "whole"),
  );
  await world.internet.add([HOST], party.server);

  const check = async (target: string, status: number, failure: string | undefined): Promise<void> => {
    party.bytes = "";
    const client = new Client(world.port);
    t.after(() => client.close());
    const response = await client.request(`GET ${target} HTTP/1.1\r\nHost: ${NAME}\r\n\r\n`);
    try {
      checkResponse(response, { status, failure, detail: undefined, received: undefined, body: undefined });
      if (failure !== undefined) assert.equal(party.bytes, "", "it reached the third party");
      else assert.ok(party.bytes.startsWith(`GET ${target} HTTP/1.1\r\n`), party.bytes);
    } catch (error) {
      throw new Error(`${target}: ${(error as Error).message}`, { cause: error });
    }
  };
  for (const target of one.admitted ?? []) await check(target, 204, undefined);
  for (const target of one.notAdmitted ?? []) await check(target, 403, "request-denied");
  for (const target of one.ambiguous ?? []) await check(target, 403, "ambiguous-path");
}
