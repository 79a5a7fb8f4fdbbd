import { explainRequest } from "../http1/explain-request";
import { closes, parseFields } from "../http1/fields";
import { MalformedMessageError } from "../http1/malformed";

/** RFC 9112 §3, with single blanks and no more. Any token is a method (RFC 9110 §9.1): 64 is `MOST_METHOD_LENGTH`. */
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}) ([\x21-\x7e]+) HTTP\/1\.([01])\r\n/;

/** A request's line and header section, as it came. */
export class RequestHead {
  /** How many there are of each, because two of them can be read in two ways. */
  hosts = 0;
  lengths = 0;
  encodings = 0;
  /** The first Host; once admitted, the host that the request is for. */
  host: string | undefined;
  /** The first Content-Length. */
  contentLength: string | undefined;
  /** The first Transfer-Encoding. */
  transferEncoding: string | undefined;
  /** Not in HTTP/1.0, where it is ignored (RFC 9110 §10.1.1). */
  expect: string | undefined;
  /** A list; repeated ones joined (RFC 9110 §5.3). */
  upgrade: string | undefined;
  traceparent: string | undefined;
  /** Whether it says that trailers follow the body. */
  announcesTrailers = false;
  /** Whether the caller sends nothing behind it (RFC 9112 §9.3); HTTP/1.0's way to say otherwise is not looked for. */
  last: boolean;

  constructor(
    readonly method: string,
    /** As received; once admitted, in origin-form or `*`. */
    public target: string,
    /** Of HTTP/1. */
    readonly minor: number,
    /** Flat: name, value, … */
    readonly fields: readonly string[],
  ) {
    this.last = minor === 0;
    for (let i = 0; i < fields.length; i += 2) this.see(fields[i]!, fields[i + 1]!);
  }

  /** Whether it says that a body follows (RFC 9112 §6.3). */
  get hasBody(): boolean {
    return this.contentLength === undefined ? this.encodings > 0 : Number(this.contentLength) > 0;
  }

  get chunked(): boolean {
    return this.encodings > 0;
  }

  /** Lengths first: lower-casing every name would cost more than the rest of the walk. */
  private see(name: string, value: string): void {
    switch (name.length) {
      case 4:
        if (name.toLowerCase() === "host" && this.hosts++ === 0) this.host = value;
        break;
      case 6:
        if (name.toLowerCase() === "expect" && this.minor === 1) this.expect ??= value;
        break;
      case 7:
        if (name.toLowerCase() === "upgrade")
          this.upgrade = this.upgrade === undefined ? value : `${this.upgrade}, ${value}`;
        else if (name.toLowerCase() === "trailer") this.announcesTrailers = true;
        break;
      case 10:
        if (name.toLowerCase() === "connection" && closes(value)) this.last = true;
        break;
      case 11:
        if (name.toLowerCase() === "traceparent") this.traceparent ??= value;
        break;
      case 14:
        if (name.toLowerCase() === "content-length" && this.lengths++ === 0) this.contentLength = value;
        break;
      case 17:
        if (name.toLowerCase() === "transfer-encoding" && this.encodings++ === 0)
          this.transferEncoding = value;
    }
  }
}

/**
 * @param text as latin1, up to the last field's CRLF
 * @throws MalformedMessageError
 */
export function parseRequestHead(text: string): RequestHead {
  const line = REQUEST_LINE.exec(text);
  if (!line) throw new MalformedMessageError(explainRequest(text));
  const [all, method, target, minor] = line as unknown as [string, string, string, string];
  return new RequestHead(method, target, minor === "1" ? 1 : 0, parseFields(text, all.length));
}
