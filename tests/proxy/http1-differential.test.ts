import assert from "node:assert/strict";
import { METHODS } from "node:http";
import { describe, it } from "node:test";
import { answers, requests } from "./support/http-shapes";
import { pick, random } from "./support/random";
import { type Message, answerByNode, requestsByNode } from "./support/read-by-node";
import { answerByProxy, requestsByProxy } from "./support/read-by-proxy";

const SEED = 20_260_901;
const CASES = 6_000;
const AT_A_TIME = 200;

/** Blanks around a value may be tabs too (RFC 9110 §5.6.3); llhttp leaves one behind this value. */
const ONLY_IN_NODE = /\ntransfer-encoding:[ \t]*chunked *\t/i;

/** RFC 9112 §7.1.1 asks recipients to accept blanks there; llhttp does not, and of responses the proxy does. */
const ONLY_IN_PROXY = /\n[0-9A-F]+[ \t]+;/i;

/** Any token is a method for the proxy; Node's parser knows some only, and reads all of these alike. */
const KNOWN = new Set(METHODS);

/** A method that Node knows in the place of one that it does not: of the same length, if there is one. */
function standIn(method: string): string {
  // A CONNECT has no body (RFC 9110 §9.3.6).
  return METHODS.find((known) => known.length === method.length && known !== "CONNECT") ?? "GET";
}

/**
 * The bytes for Node: where the proxy has read a request with a method that Node does not know, its line has one that
 * Node knows. Everything else is as it was, so a message that only one of the two sees still shows.
 */
function forNode(text: string, lines: readonly string[]): string {
  let result = "";
  let at = 0;
  for (const line of lines) {
    const [method = ""] = line.split(" ");
    const start = text.indexOf(`${line}\r\n`, at);
    result += text.slice(at, start) + (KNOWN.has(method) ? method : standIn(method));
    at = start + method.length;
  }
  return result + text.slice(at);
}

/** What the proxy has read, with the same methods in place of those that Node does not know. */
function asNodeWouldSay(message: Message): Message {
  const [method = "", ...rest] = message.start.split(" ");
  return KNOWN.has(method) ? message : { ...message, start: [standIn(method), ...rest].join(" ") };
}

/** Reads many inputs, some at a time. */
async function forEach(make: () => string, read: (bytes: Buffer) => Promise<void>): Promise<void> {
  for (let done = 0; done < CASES; done += AT_A_TIME) {
    const inputs = Array.from({ length: AT_A_TIME }, make).filter((text) => !ONLY_IN_NODE.test(text));
    await Promise.all(inputs.map((text) => read(Buffer.from(text, "latin1"))));
  }
}

describe(`what is accepted, Node's own strict parser reads alike (seed ${SEED})`, () => {
  it("requests", async () => {
    const below = random(SEED);
    let accepted = 0;
    let unknown = 0;
    let refused = 0;
    await forEach(
      () => requests(below),
      async (bytes) => {
        const latin1 = bytes.toString("latin1");
        const ours = await requestsByProxy([bytes]);
        const nodes = await requestsByNode(Buffer.from(forNode(latin1, ours.lines), "latin1"));
        const text = JSON.stringify(latin1);
        accepted += ours.messages.length;
        unknown += ours.messages.filter(({ start }) => !KNOWN.has(start.split(" ")[0]!)).length;
        if (ours.ended) refused++;
        assert.deepEqual(ours.messages.map(asNodeWouldSay), nodes.slice(0, ours.messages.length), text);
        // Where reading goes on, nothing may have been taken for a part of something else.
        if (!ours.ended) assert.equal(ours.messages.length, nodes.length, text);
      },
    );
    assert.ok(unknown > CASES / 10, `${unknown} with methods that Node does not know`);
    assert.ok(accepted > CASES / 2 && refused > CASES / 3, `${accepted} accepted, ${refused} ended`);
  });

  it("answers", async () => {
    const below = random(SEED);
    let accepted = 0;
    await forEach(
      () => answers(below),
      async (bytes) => {
        const method = pick(below, ["GET", "GET", "POST", "HEAD"]);
        const nodes: Message | undefined = await answerByNode(bytes, method);
        const ours = answerByProxy([bytes], method);
        if (ours === undefined || (nodes === undefined && ONLY_IN_PROXY.test(bytes.toString("latin1"))))
          return;
        accepted++;
        assert.deepEqual(ours, nodes, `${method} ${JSON.stringify(bytes.toString("latin1"))}`);
      },
    );
    assert.ok(accepted > CASES / 4 && accepted < CASES, `${accepted} accepted`);
  });
});
