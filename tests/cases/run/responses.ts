import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { eventually } from "../../proxy/support/world";
import { type CaseTest, type Kind, kind } from "./case-file";
import { bytes, filledIn } from "./bytes";
import { Client } from "./client";
import { RESPONSE_FIELDS, checkResponse } from "./expectation";
import { withinProcessorSeconds } from "./processor-time";
import { type Shape, FormatError, list, mapping, number, object, oneOf, optional, text } from "./shape";
import { HOST, NAME, startStage } from "./stage";
import { type Connection, ENDS, createThirdParty, send } from "./third-party";

const GET = "GET / HTTP/1.1\r\nHost: H\r\nConnection: close\r\n\r\n";

const exchange = {
  request: optional(bytes),
  response: bytes,
  end: optional(oneOf(...ENDS)),
  expect: object({
    ...RESPONSE_FIELDS,
    ended: optional(oneOf("whole", "cut")),
    interim: optional(list(number)),
    logged: optional(text),
    processorSeconds: optional(number),
  }),
};
const step = object({ client: text, connection: optional(text), ...exchange });
type Step = typeof step extends Shape<infer T> ? T : never;

const common = { why: text, upstream: optional(mapping), pieces: optional(oneOf("whole", "bytes", "both")) };
const single = object({ ...common, ...exchange });
const several = object({ ...common, steps: list(step) });

interface Case {
  why: string;
  upstream: Record<string, unknown> | undefined;
  pieces: "whole" | "bytes" | "both" | undefined;
  steps: readonly Step[];
}

const format: Shape<Case> = {
  what: `${single.what}, or ${several.what}`,
  read(value, at) {
    if (typeof value !== "object" || value === null) throw new FormatError(at, "is no mapping", format.what);
    if ("steps" in value) return several.read(value, at);
    const { why, upstream, pieces, ...rest } = single.read(value, at);
    return { why, upstream, pieces, steps: [{ client: "client", connection: undefined, ...rest }] };
  },
};

/** What a third party sends, how it ends, and what the client gets of it. */
export const responses: Kind = kind(format, (one) => {
  const ways = one.pieces === "both" ? (["whole", "bytes"] as const) : [one.pieces ?? "whole"];
  return ways.map((way): CaseTest => ({
    ...(way === "bytes" && { variant: "byte by byte" }),
    run: (t) => run(t, one, way),
  }));
});

async function run(t: TestContext, one: Case, pieces: "whole" | "bytes"): Promise<void> {
  const world = await startStage(t, one.upstream);
  let over: Connection | undefined;
  const party = createThirdParty((connection) => {
    over = connection;
    send(connection, current.response, current.end ?? "keeps-open", pieces);
  });
  await world.internet.add([HOST], party.server);

  let current = one.steps[0]!;
  const clients = new Map<string, Client>();
  const connections = new Map<string, Connection>();
  for (const [index, now] of one.steps.entries()) {
    current = now;
    let client = clients.get(now.client);
    if (!client) {
      client = new Client(world.port);
      clients.set(now.client, client);
      t.after(() => client!.close());
    }
    const { ended = "whole", interim, logged, processorSeconds } = now.expect;
    const request = filledIn(now.request ?? GET, "H", NAME);
    const sender = client;
    const response = await withinProcessorSeconds(processorSeconds, () => sender.request(request));
    checkResponse(response, now.expect);
    assert.equal(response.ended, ended, response.text);
    if (interim) assert.deepEqual(response.interim, interim);
    if (logged !== undefined) {
      await eventually(() => world.log.some(({ error }) => error === logged), `${logged} in the log`);
    }
    if (now.connection !== undefined) checkConnection(connections, now.connection, over!, index);
  }
}

/** One name is one connection to the third party, two names are two. */
function checkConnection(
  seen: Map<string, Connection>,
  name: string,
  { secure, raw }: Connection,
  index: number,
): void {
  for (const [other, connection] of seen) {
    if (other !== name)
      assert.notEqual(connection.secure, secure, `steps[${index}]: the connection of ${other}`);
  }
  assert.equal(
    seen.get(name)?.secure ?? secure,
    secure,
    `steps[${index}]: another connection than before for ${name}`,
  );
  seen.set(name, { secure, raw });
}
