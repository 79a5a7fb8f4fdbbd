import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { clientField } from "../../proxy/support/world";
import { type Kind, kind } from "./case-file";
import { bytes, filledIn } from "./bytes";
import { Client } from "./client";
import { RESPONSE_FIELDS, checkResponse } from "./expectation";
import { withinProcessorSeconds } from "./processor-time";
import { type Shape, FormatError, list, mapping, number, object, oneOrMore, optional, text } from "./shape";
import { HOST, NAME, startStage } from "./stage";
import { createThirdParty, send } from "./third-party";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

const fields = object({
  why: text,
  upstream: optional(mapping),
  client: optional(text),
  variants: optional(list(text)),
  request: bytes,
  afterContinue: optional(bytes),
  times: optional(number),
  response: optional(bytes),
  expect: object({
    ...RESPONSE_FIELDS,
    forwarded: optional(oneOrMore(text)),
    notForwarded: optional(oneOrMore(text)),
    processorSeconds: optional(number),
  }),
});
type Case = typeof fields extends Shape<infer T> ? T : never;

const format: Shape<Case> = {
  what: fields.what,
  read(value, at) {
    const one = fields.read(value, at);
    if (one.variants && filledIn(one.request, "V", "") === one.request) {
      throw new FormatError("request", "has no place for the variants", "a V that stands alone");
    }
    return one;
  },
};

/** What a client sends, what of it reaches the third party, and what the client gets. */
export const requests: Kind = kind(format, (one) =>
  (one.variants ?? [undefined]).map((variant) => ({
    ...(variant !== undefined && { variant }),
    run: (t) => run(t, one, variant),
  })),
);

async function run(t: TestContext, one: Case, variant: string | undefined): Promise<void> {
  const world = await startStage(t, one.upstream);
  const party = createThirdParty((connection) => send(connection, one.response ?? OK, "keeps-open", "whole"));
  await world.internet.add([HOST], party.server);
  const client = new Client(world.port);
  t.after(() => client.close());

  const { forwarded, notForwarded = [], processorSeconds } = one.expect;
  const count = one.times ?? 1;
  const response = await withinProcessorSeconds(processorSeconds, async () => {
    for (let left = count; left > 1; left--) await client.request(requestOf(one, variant));
    return client.request(requestOf(one, variant), one.afterContinue);
  });
  checkResponse(response, one.expect);
  assert.equal(response.ended, "whole", response.text);
  const reaches = one.expect.failure === undefined || forwarded !== undefined;
  assert.equal(party.requests, reaches ? count : 0, `requests that reached the third party: ${party.bytes}`);
  for (const template of forwarded ?? []) {
    const fragment = variant === undefined ? template : filledIn(template, "V", variant);
    assert.ok(party.bytes.includes(fragment), `"${fragment}" was not forwarded: ${party.bytes}`);
  }
  for (const fragment of notForwarded) {
    assert.ok(!party.bytes.includes(fragment), `"${fragment}" was forwarded: ${party.bytes}`);
  }
}

/** The request with the names filled in and, behind its first line, the field by which the mesh names the client. */
function requestOf({ request, client }: Case, variant: string | undefined): string {
  const varied = variant === undefined ? request : filledIn(request, "V", variant);
  const whole = filledIn(varied, "H", NAME);
  if (client === undefined) return whole;
  const identity = clientField(client)["l5d-client-id"]!;
  return whole.replace("\r\n", () => `\r\nl5d-client-id: ${identity}\r\n`);
}
