import { closes } from "./fields/closes";

/** HTTP version of a message. */
export type HttpVersion = "1.0" | "1.1" | "2";

/** A request's line and header section, as received. */
export class RequestHead {
  /** The number of fields of each name, because two of them can be read in two ways. */
  hosts = 0;
  lengths = 0;
  encodings = 0;
  /** The first Host; after the first stage, the host that the request is for. */
  host: string | undefined;
  /** A Host that differs from the target's host; both must mean the same third party. */
  otherHost: string | undefined;
  /** The first Content-Length. */
  contentLength: string | undefined;
  /** The first Transfer-Encoding. */
  transferEncoding: string | undefined;
  /** Undefined in HTTP/1.0, where the field is ignored (RFC 9110 §10.1.1). */
  expect: string | undefined;
  /** A list; repeated ones joined (RFC 9110 §5.3). */
  upgrade: string | undefined;
  /** Repeated ones joined, so that they are invalid together. */
  traceparent: string | undefined;
  /** Whether it announces trailers after the body. */
  announcesTrailers = false;
  /** Whether the client sends no further request (RFC 9112 §9.3). HTTP/1.0's `keep-alive` is not supported. */
  last: boolean;

  constructor(
    readonly method: string,
    /** As received; after the first stage, in origin-form or `*`. */
    public target: string,
    readonly version: HttpVersion,
    /** Flat: name, value, ... */
    readonly fields: readonly string[],
  ) {
    this.last = version === "1.0";
    for (let i = 0; i < fields.length; i += 2) this.see(fields[i]!, fields[i + 1]!);
  }

  /** Whether it announces a body (RFC 9112 §6.3). */
  get hasBody(): boolean {
    return this.contentLength === undefined ? this.encodings > 0 : Number(this.contentLength) > 0;
  }

  get chunked(): boolean {
    return this.encodings > 0;
  }

  /** Compares the lengths first: lower-casing every name would cost more than the rest of the loop. */
  private see(name: string, value: string): void {
    switch (name.length) {
      case 4:
        if (name.toLowerCase() === "host" && this.hosts++ === 0) this.host = value;
        break;
      case 6:
        if (name.toLowerCase() === "expect" && this.version !== "1.0") this.expect ??= value;
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
        if (name.toLowerCase() === "traceparent")
          this.traceparent = this.traceparent === undefined ? value : `${this.traceparent}, ${value}`;
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
