import type { OutgoingHead } from "../../message/upstream-stream";

/** Methods that get a Content-Length even without a body (RFC 9110 §8.6): some servers respond with 411 without it. */
const WITH_LENGTH = new Set(["POST", "PUT", "PATCH"]);

/** A request line and header section, with the empty line. The parts have been validated before. */
export function requestHeadText(head: OutgoingHead): string {
  const { method, target, authority, fields, body, expectContinue, last } = head;
  let text = `${method} ${target} HTTP/1.1\r\nHost: ${authority}\r\n`;
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]!}: ${fields[i + 1]!}\r\n`;
  if (body === "none") {
    if (WITH_LENGTH.has(method)) text += "Content-Length: 0\r\n";
  } else if (body.length === undefined) text += "Transfer-Encoding: chunked\r\n";
  else text += `Content-Length: ${body.length}\r\n`;
  if (expectContinue) text += "Expect: 100-continue\r\n";
  if (last) text += "Connection: close\r\n";
  return `${text}\r\n`;
}
