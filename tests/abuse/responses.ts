import { sendRaw, lines, statusOf } from "../proxy/support/raw-client";
import { startWorld, upstream } from "../proxy/support/world";
import { type Figure, count, each } from "./figure";

const ok = (...fields: string[]): string => lines("HTTP/1.1 200 OK", ...fields);
const found = (...fields: string[]): string => lines("HTTP/1.1 302 Found", "Content-Length: 0", ...fields);

/** What must never come out of a third party's answer, in the order of the groups below. */
type Group = "framing" | "syntax" | "redirect" | "field" | "behind";

function answers(): [Group, string][] {
  const all: [Group, string][] = [];
  const add = (group: Group, ...texts: string[]): void => texts.forEach((text) => all.push([group, text]));

  for (const encoding of [
    "gzip, chunked",
    "chunked, gzip",
    "identity",
    "xchunked",
    "chunked;q=1",
    "chunked, chunked",
    ", chunked",
    "chunked,",
    '"chunked"',
    "\x0bchunked",
    "deflate",
    "chunked\r\nTransfer-Encoding: identity",
  ]) {
    add("framing", `${ok(`Transfer-Encoding: ${encoding}`)}3\r\nbad\r\n0\r\n\r\n`);
    add("framing", `${ok("Content-Length: 3", `Transfer-Encoding: ${encoding}`)}bad`);
  }
  add("framing", `${ok("Content-Length: 3", "Transfer-Encoding: chunked")}3\r\nbad\r\n0\r\n\r\n`);
  for (const length of [
    "+3",
    "-3",
    "3, 3",
    "3 3",
    "0x3",
    "3.0",
    "",
    "9".repeat(30),
    "3\r\nContent-Length: 3",
    "3\r\nContent-Length: 4",
    "3;",
    "٣",
  ])
    add("framing", `${ok(`Content-Length: ${length}`)}bad`);
  for (const size of ["-3", "0x3", "g", "3 3", "fffffffffffffffff3", "", "+3"])
    add("framing", `${ok("Transfer-Encoding: chunked")}${size}\r\nbad\r\n0\r\n\r\n`);
  add(
    "framing",
    `${ok("Content-Length: 10")}bad`,
    `${ok("Transfer-Encoding: chunked")}3\r\nbad\r\n`,
    `${ok("Transfer-Encoding: chunked")}3\r\nbad`,
  );

  add(
    "syntax",
    "",
    "bad",
    "HTTP/1.1\r\n\r\n",
    "HTTP/1.1 200\r\n",
    "HTTP/1.1 99 Low\r\n\r\nbad",
    "HTTP/1.1 1000 High\r\n\r\nbad",
    "HTTP/1.1 2x0 OK\r\n\r\nbad",
    "ICY 200 OK\r\n\r\nbad",
    "HTTP/1.1  200 OK\r\n\r\nbad",
    "SSH-2.0-x\r\n",
    "\x16\x03\x01",
    "\x00\x00\x00",
    "<html>bad</html>",
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nbad",
    "HTTP/1.1 100 Continue\r\n\r\n".repeat(50),
    "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(50),
    "HTTP/1.1 102 Processing\r\n\r\n".repeat(50),
  );
  for (const field of [
    "X: a\x00b",
    "X: a\x01b",
    "X: a\x7fb",
    "X\x00: a",
    "X : a",
    ": a",
    "X",
    "X\r\n : a",
    "X y: a",
    "(X): a",
    "X: a\nY: b",
    "X: a\rY: b",
    `X: ${"y".repeat(40_000)}`,
    Array(3_000).fill("X: yyyyyyyy").join("\r\n"),
    "\tX: a",
    "X: a\r\n\x01: b",
  ])
    add("syntax", `${ok(field, "Content-Length: 3")}bad`);

  for (const target of [
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://[::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://10.0.0.1/",
    "//10.0.0.1/",
    "https://169.254.169.254/latest",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://kubernetes/",
    "http://kubernetes.default.svc/",
    "http://a.b.svc.cluster.local/",
    "http://other.egress.local/",
    "https://api.example.com.egress.local./",
    "http://metadata.google.internal/",
    "http://user@127.0.0.1/",
    "http://evil.example\\@127.0.0.1/",
    "/\\127.0.0.1/",
    "\\\\127.0.0.1\\x",
    "http:\\\\127.0.0.1\\",
    "http://[broken/",
    "http://127.0.0.1:99999/",
    "ftp://10.0.0.1/",
    "ws://10.0.0.1/",
    "http://①②⑦.0.0.1/",
    "http://127。0。0。1/",
    "http://100.64.0.1/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fd00::1]/",
  ]) {
    const bytes = Buffer.from(target, "utf8").toString("latin1");
    add(
      "redirect",
      found(`Location: ${bytes}`),
      found(`Refresh: 0; url=${bytes}`),
      found(`Content-Location: ${bytes}`),
    );
  }
  for (const field of [
    "l5d-proxy-connection: close",
    "L5D_client_id: x",
    "l5d-dst-canonical: x",
    'Alt-Svc: h3=":443"',
    "Strict-Transport-Security: max-age=1",
    "Proxy-Authenticate: Basic",
    "X-Forwarded-For: 1.2.3.4",
    "x_forwarded_host: y",
    "Forwarded: for=x",
    "Set-Cookie: a=bad; Domain=egress.local",
    "Set-Cookie: a=bad;domain=.com",
    "Proxy-Connection: close",
    "Upgrade: h2c",
    "Trailer: x",
    "TE: x",
    "Connection: x-y\r\nX-Y: bad",
  ])
    add("field", `${ok(field, "Content-Length: 2")}ok`);
  for (const second of [
    ok("Content-Length: 3"),
    "HTTP/1.1 302 Found\r\nLocation: http://evil/\r\n\r\n",
    "bad",
    "\r\n\r\nbad",
  ]) {
    add(
      "behind",
      `${ok("Content-Length: 2")}ok${second}bad`,
      `${lines("HTTP/1.1 204 No Content")}${second}bad`,
      `${lines("HTTP/1.1 304 Not Modified")}${second}bad`,
      `${ok("Transfer-Encoding: chunked")}2\r\nok\r\n0\r\n\r\n${second}bad`,
    );
  }
  return all;
}

/** Whether a client takes it for whole: by its last chunk, by its length, or because it has neither. */
function isWhole(head: string, body: string): boolean {
  if (/^transfer-encoding: chunked$/im.test(head)) return body.endsWith("\r\n0\r\n\r\n");
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  return length === undefined || Number(length) === body.length;
}

/** What of an answer must not reach the client; empty when all is well. */
function passedOn(group: Group, text: string): string {
  const [head, ...rest] = text.split("\r\n\r\n") as [string, ...string[]];
  const body = rest.join("\r\n\r\n");
  // Interim answers are no answer yet.
  const status = statusOf({ text: text.replace(/^(?:HTTP\/1\.1 103 [^]*?\r\n\r\n)+/, ""), ended: "closed" });
  switch (group) {
    case "framing":
      return status === 200 && isWhole(head, body) ? "a whole answer" : "";
    case "syntax":
      return status < 400 && status !== 0 ? `status ${status}` : "";
    case "redirect":
      return status < 400 ? `status ${status}` : "";
    case "field":
      return /^(?:l5d|alt-svc|strict|proxy-auth|proxy-conn|x.forwarded|forwarded|upgrade|trailer|te|x-y)|domain=/im.test(
        head.split("\r\n").slice(1).join("\r\n"),
      )
        ? "a field"
        : "";
    case "behind":
      return text.includes("bad") || text.includes("evil") ? "what came behind" : "";
  }
}

/** Wrong answers become 502 or a visible cut, and nothing of them is taken for something else. */
export async function responses(): Promise<Figure> {
  const world = await startWorld({
    "api.example.com": upstream("api-example-com", {
      timeouts: { connect: 2_000, response: 2_000, idle: 2_000, stream: 3_600_000 },
    }),
  });
  let next = "";
  await world.internet.tls(["api.example.com"], (socket) => {
    socket.once("data", () => socket.end(next, "latin1"));
  });
  const outcomes: Record<string, number> = { "answered 502": 0, cut: 0, filtered: 0, "passed on": 0 };
  const violations: string[] = [];
  const all = answers();
  await each(all, 1, async ([group, bytes]) => {
    next = bytes;
    const reply = await sendRaw(
      world.port,
      lines("GET / HTTP/1.1", "Host: api.example.com.egress.local", "Connection: close"),
      5_000,
    );
    const wrong = passedOn(group, reply.text);
    if (wrong !== "" && !(group === "framing" && reply.ended === "reset")) {
      count(outcomes, "passed on");
      violations.push(
        `${group} ${JSON.stringify(bytes.slice(0, 200))}: ${wrong}: ${JSON.stringify(reply.text.slice(0, 300))} ${reply.ended}`,
      );
    } else if (statusOf(reply) === 502) count(outcomes, "answered 502");
    else if (reply.ended === "reset" || reply.text === "") count(outcomes, "cut");
    else if (reply.ended === "timeout") {
      count(outcomes, "hung");
      violations.push(`hung: ${JSON.stringify(bytes.slice(0, 200))}`);
    } else count(outcomes, "filtered");
  });
  await world.close();
  return { name: "hostile answers", tried: all.length, atLeast: 100, outcomes, violations };
}
