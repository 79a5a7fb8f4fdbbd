import type { TestContext } from "node:test";
import tls from "node:tls";
import { type Kind, kind } from "./case-file";
import { makeCertificates, recipe } from "./certificate-recipe";
import { Client } from "./client";
import { checkResponse } from "./expectation";
import { type Shape, FormatError, list, mapOf, number, object, oneOrMore, optional, text } from "./shape";
import { HOST, NAME, startStage } from "./stage";

const format = object({
  why: text,
  certificates: mapOf(recipe),
  sends: oneOrMore(text),
  trusts: optional(list(text)),
  serverName: optional(text),
  expect: object({ status: number, failure: optional(text), says: optional(oneOrMore(text)) }),
});
type Case = typeof format extends Shape<infer T> ? T : never;

const ROOT = { authority: true } as const;
/** A third party may show what OpenSSL advises against. */
const CIPHERS = "DEFAULT@SECLEVEL=0";

/** What a third party shows for its certificate, whom the upstream trusts, and what the client is told. */
export const certificates: Kind = kind(format, (one) => [{ run: (t) => run(t, one) }]);

async function run(t: TestContext, one: Case): Promise<void> {
  const made = makeCertificates({ root: recipe.read(ROOT, "root"), ...one.certificates });
  const pems = (names: readonly string[], at: string): string =>
    names.map((name) => find(made, name, at).cert).join("");
  const caCertificates = pems(one.trusts ?? ["root"], "trusts");
  const world = await startStage(t, {
    tls: {
      minVersion: "TLSv1.2",
      caCertificates,
      ...(one.serverName !== undefined && { serverName: one.serverName }),
    },
  });
  const { key } = find(made, one.sends[0]!, "sends");
  const options = { key, cert: pems(one.sends, "sends"), ciphers: CIPHERS };
  const server = tls.createServer(options, (socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  });
  await world.internet.add([HOST], server);
  const client = new Client(world.port);
  t.after(() => client.close());
  const response = await client.request(`GET / HTTP/1.1\r\nHost: ${NAME}\r\n\r\n`);
  const { status, failure, says: detail } = one.expect;
  checkResponse(response, { status, failure, detail, received: undefined, body: undefined });
}

function find<T>(made: ReadonlyMap<string, T>, name: string, at: string): T {
  const one = made.get(name);
  if (one) return one;
  throw new FormatError(at, `names ${name}`, `one of ${[...made.keys()].join(", ")}`);
}
