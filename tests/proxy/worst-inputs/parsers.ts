import { checkFraming } from "../../../proxy-image/src/proxy/admit/framing";
import { resolveTarget } from "../../../proxy-image/src/proxy/admit/target";
import { checkUpgrade } from "../../../proxy-image/src/proxy/admit/upgrade";
import { identityReader } from "../../../proxy-image/src/proxy/authorise/client-identity";
import { compileRules } from "../../../proxy-image/src/proxy/authorise/rules";
import { responseHeaders } from "../../../proxy-image/src/proxy/forward/response-headers";
import { requestHeaders } from "../../../proxy-image/src/proxy/forward/request-headers";
import { outwardReferences } from "../../../proxy-image/src/proxy/forward/outward-references";
import { createLinkPolicy } from "../../../proxy-image/src/proxy/forward/links";
import { ChunkedDecoder } from "../../../proxy-image/src/proxy/http1/chunked";
import { framingOf } from "../../../proxy-image/src/proxy/http1/framing";
import { JoinedBytes } from "../../../proxy-image/src/proxy/http1/joined-bytes";
import { parseRequestHead } from "../../../proxy-image/src/proxy/http1/client/parse-request-head";
import { RequestHeadReader } from "../../../proxy-image/src/proxy/http1/client/request-head-reader";
import { ResponseReader } from "../../../proxy-image/src/proxy/http1/upstream/response-reader";
import { signsOn } from "../../../proxy-image/src/proxy/message/fields/connection-auth";
import { canonicalHost } from "../../../proxy-image/src/proxy/message/host";
import { askedFor, largestField, readSoFar } from "../../../proxy-image/src/proxy/message/read-so-far";
import type { RequestHead } from "../../../proxy-image/src/proxy/message/request-head";
import { requestTrailers, responseTrailers } from "../../../proxy-image/src/proxy/message/fields/trailers";
import { accepts } from "../../../proxy-image/src/proxy/message/websocket";
import { createRoutes } from "../../../proxy-image/src/proxy/route/routes";
import { policyOf, upstream } from "../support/world";

/** What reads bytes of a client or of a third party. */
export interface Parser {
  readonly name: string;
  /** Reads a text of any kind; what it throws is its answer. */
  read(text: string): void;
}

const HOST = "api.example.com";
const entry = upstream("api-example-com", {
  allow: [{ methods: ["POST"], paths: ["/a/*/b/*/c", "/a/b/**", "/*/*/*/*/*/**"] }],
});
const stage = policyOf({ [HOST]: entry });
const routes = createRoutes(stage);
const destination = routes.find(`${HOST}.egress.local`);
if (destination === undefined || destination === "malformed") throw new Error(`no route for ${HOST}`);
const links = createLinkPolicy(stage, routes).rewriterFor(destination, `${HOST}.egress.local`);
const outward = outwardReferences(routes);
const rules = compileRules(entry);
const identities = identityReader("serviceaccount.identity.linkerd.cluster.local");
const sink = { onHead: () => undefined, onBody: () => undefined, onEnd: () => undefined };

/** Everything that is read of a request's head before it is forwarded. */
function readHead(head: RequestHead): void {
  checkFraming(head, 200);
  checkUpgrade(head);
  resolveTarget(head);
  askedFor(head);
  canonicalHost(head.host ?? "");
  const { method, target, fields } = head;
  rules(identities(fields), { method, target, rawHeaders: fields });
  signsOn(fields);
  requestHeaders(fields, "k8s-egress", { set: undefined, pass: undefined, trace: false, via: true }, outward);
  accepts(head, 101, fields);
}

function requestWith(head: string): void {
  readHead(parseRequestHead(head));
}

function pieces(text: string, read: (bytes: Buffer) => void): void {
  for (const byte of Buffer.from(text, "latin1")) read(Buffer.from([byte]));
}

function readRequest(text: string, inPieces: boolean): void {
  const reader = new RequestHeadReader(32_768);
  const joined = new JoinedBytes();
  let rest: Buffer | undefined;
  const read = (bytes: Buffer): void => {
    rest = reader.read(joined.join(rest, bytes)).rest;
  };
  if (inPieces) pieces(text, read);
  else read(Buffer.from(text, "latin1"));
}

/** Fields of requests that something reads, and one that nothing does. */
const FIELDS =
  "Connection Upgrade Via Authorization Transfer-Encoding Content-Length Expect l5d-client-id Sec-WebSocket-Protocol Sec-WebSocket-Key Host X-Other".split(
    " ",
  );
/** The same of responses. */
const RESPONSE_FIELDS =
  "Connection Via Set-Cookie Location Refresh Link Content-Location WWW-Authenticate X-Other".split(" ");

/** Every one of them, with what an input is made into before it gets there. */
export const PARSERS: readonly Parser[] = [
  { name: "a request's bytes", read: (text) => readRequest(text, false) },
  { name: "a request's bytes, byte by byte", read: (text) => readRequest(`GET /${text}`, true) },
  {
    name: "a request's bytes, line by line",
    read: (text) => readRequest(`GET / HTTP/1.1\r\n${text}\r\n\r\n`, false),
  },
  { name: "what was read so far", read: (text) => [readSoFar(`GET ${text}`), largestField(`\n${text}`)] },
  { name: "a request's target", read: (text) => requestWith(`POST ${text} HTTP/1.1\r\nHost: h\r\n`) },
  { name: "a path", read: (text) => requestWith(`POST /a/b/${text} HTTP/1.1\r\nHost: h\r\n`) },
  { name: "a query", read: (text) => requestWith(`POST /a/b/c?${text} HTTP/1.1\r\nHost: h\r\n`) },
  { name: "a URL as target", read: (text) => requestWith(`POST http://${text} HTTP/1.1\r\nHost: h\r\n`) },
  { name: "a Host", read: (text) => requestWith(`GET / HTTP/1.1\r\nHost: ${text}\r\n`) },
  {
    name: "many fields",
    read: (text) => requestWith(`POST /a/b/c HTTP/1.1\r\nHost: h\r\n${"a: b\r\n".repeat(text.length / 6)}`),
  },
  {
    name: "many fields, and one that lists as many",
    read: (text) =>
      requestWith(
        `POST /a/b/c HTTP/1.1\r\nHost: h\r\nConnection: ${"c,".repeat(text.length / 4)}\r\n${"a: b\r\n".repeat(text.length / 12)}`,
      ),
  },
  ...FIELDS.map((field) => ({
    name: `a request's ${field}`,
    read: (text: string) => requestWith(`POST /a/b/c HTTP/1.1\r\nHost: h\r\n${field}: ${text}\r\n`),
  })),
  {
    name: "a response's bytes",
    read: (text) => void new ResponseReader(sink, false).read(Buffer.from(text, "latin1")),
  },
  {
    name: "a response's fields, byte by byte",
    read: (text) => {
      const reader = new ResponseReader(sink, false);
      pieces(`HTTP/1.1 200 OK\r\n${text}`, (bytes) => reader.read(bytes));
    },
  },
  ...RESPONSE_FIELDS.map((field) => ({
    name: `a response's ${field}`,
    read: (text: string) => void responseHeaders([field, text], 200, "k8s-egress", links),
  })),
  {
    name: "a response of many fields, and one that lists as many",
    read: (text) => {
      const many = Array.from({ length: Math.min(250, text.length / 6) }, () => ["X-A", "b"]).flat();
      responseHeaders([...many, "Connection", "c,".repeat(text.length / 4)], 200, "k8s-egress", links);
    },
  },
  { name: "framing", read: (text) => void framingOf(["Content-Length", text, "Transfer-Encoding", text]) },
  {
    name: "chunks",
    read: (text) => void new ChunkedDecoder(true).decode(Buffer.from(text, "latin1"), 0, sink),
  },
  {
    name: "chunks of a byte",
    read: (text) =>
      void new ChunkedDecoder(true).decode(Buffer.from("1\r\na\r\n".repeat(text.length / 6)), 0, sink),
  },
  {
    name: "trailers",
    read: (text) =>
      void new ChunkedDecoder(true).decode(Buffer.from(`0\r\n${text}\r\n\r\n`, "latin1"), 0, sink),
  },
  {
    name: "many trailers",
    read: (text) =>
      void new ChunkedDecoder(true).decode(
        Buffer.from(`0\r\n${"a:b\r\n".repeat(text.length / 5)}\r\n`),
        0,
        sink,
      ),
  },
  {
    name: "fields of trailers",
    read: (text) => [requestTrailers([text, text]), responseTrailers([text, text])],
  },
];
