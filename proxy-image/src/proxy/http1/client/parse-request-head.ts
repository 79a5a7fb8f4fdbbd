import { RequestHead } from "../../message/request-head";
import { explainRequest } from "./explain-request";
import { parseFields } from "../fields";
import { MalformedMessageError } from "../malformed";

/** RFC 9112 §3, with single blanks only. Any token is a method (RFC 9110 §9.1); 64 is `MOST_METHOD_LENGTH`. */
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}) ([\x21-\x7e]+) HTTP\/1\.([01])\r\n/;

/**
 * @param text as latin1, up to the last field's CRLF
 * @throws MalformedMessageError
 */
export function parseRequestHead(text: string): RequestHead {
  const line = REQUEST_LINE.exec(text);
  if (!line) throw new MalformedMessageError(explainRequest(text));
  const [all, method, target, minor] = line as unknown as [string, string, string, string];
  return new RequestHead(method, target, minor === "1" ? "1.1" : "1.0", parseFields(text, all.length));
}
