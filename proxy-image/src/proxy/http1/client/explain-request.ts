import { MOST_METHOD_LENGTH } from "../../../contract/names/method";
import { endOfToken, explainFields, explainLineEnd } from "./explain-fields";
import type { MalformedReason } from "./grammar-rules";

/** TLS: a handshake record of version 3. */
const TLS_HANDSHAKE = "\x16\x03";
const WHERE = "in the request line";

/**
 * Explains why the head of a request is malformed. Linear, and called only for what the parser has rejected.
 *
 * @param text latin1, from the request line on; it may be cut anywhere
 */
export function explainRequest(text: string): MalformedReason {
  const lineEnd = text.indexOf("\n");
  return (
    explainRequestLine(text) ??
    (lineEnd === -1 ? undefined : explainFields(text, lineEnd + 1)) ?? { rule: "request-line", offset: 0 }
  );
}

function explainRequestLine(text: string): MalformedReason | undefined {
  if (text.startsWith(TLS_HANDSHAKE)) return { rule: "not-http", offset: 0, byte: 0x16 };
  const methodEnd = endOfToken(text, 0);
  if (methodEnd > MOST_METHOD_LENGTH) return { rule: "method-length", offset: MOST_METHOD_LENGTH };
  if (methodEnd === text.length) return undefined;
  const targetStart = methodEnd + 1;
  if (methodEnd === 0 || text[methodEnd] !== " ") {
    return (
      lineEndAt(text, methodEnd) ?? { rule: "method", offset: methodEnd, byte: text.charCodeAt(methodEnd) }
    );
  }
  const targetEnd = endOfVisible(text, targetStart);
  if (targetEnd === text.length) return undefined;
  if (text[targetEnd] === "\r" || text[targetEnd] === "\n") {
    return lineEndAt(text, targetEnd) ?? { rule: "request-line", offset: targetEnd };
  }
  if (text[targetEnd] !== " ")
    return { rule: "target-byte", offset: targetEnd, byte: text.charCodeAt(targetEnd) };
  if (targetEnd === targetStart) return { rule: "request-line", offset: targetStart, byte: 0x20 };
  return explainVersion(text, targetEnd);
}

/** @param space index of the space after the target */
function explainVersion(text: string, space: number): MalformedReason | undefined {
  const start = space + 1;
  const end = endOfVisible(text, start);
  const version = text.slice(start, end);
  if (end === text.length) return undefined;
  if (version === "HTTP/1.1" || version === "HTTP/1.0") {
    if (text[end] === "\r" || text[end] === "\n") return lineEndAt(text, end);
    return { rule: "request-line", offset: end, byte: text.charCodeAt(end) };
  }
  const feed = text.indexOf("\n", start);
  const line = feed === -1 ? text.slice(start) : text.slice(start, feed);
  // A version follows later, so the target was meant to include blanks.
  if (!version.startsWith("HTTP/") && line.includes(" HTTP/1."))
    return { rule: "target-space", offset: space, byte: 0x20 };
  if (version === "") return { rule: "request-line", offset: start };
  return { rule: "version", offset: start };
}

/** A bare CR or LF at the end of the request line. */
function lineEndAt(text: string, at: number): MalformedReason | undefined {
  if (text[at] !== "\r" && text[at] !== "\n") return undefined;
  const ending = explainLineEnd(text, at, WHERE);
  return ending === "cut" ? undefined : ending;
}

/** Index after the visible ASCII characters. */
function endOfVisible(text: string, start: number): number {
  const other = /[^\x21-\x7e]/g;
  other.lastIndex = start;
  return other.exec(text)?.index ?? text.length;
}
