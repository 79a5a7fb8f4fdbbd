import { BodyReader } from "../body-reader";
import type { ResponseHead, ResponseSink } from "../../message/response-head";
import { parseFields } from "../fields";
import { framingOf } from "../framing";
import { JoinedBytes } from "../joined-bytes";
import { MalformedMessageError, SectionTooLargeError } from "../malformed";
import { PartialHead } from "./partial-head";

/** Bytes of a response's header section. */
const MOST_HEADER_BYTES = 32 * 1024;
/** Empty lines that are skipped before the heads of one response. */
const MOST_EMPTY_LINES = 16;
/** RFC 9112 §4. The reason phrase means nothing, so it is not kept. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d{2})(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/;

/** The head of a response in HTTP/1. */
export interface Http1ResponseHead extends ResponseHead {
  /** Whether the connection ends with the response: by its version, or because its body has no other end. */
  readonly last: boolean;
}

/** Gets a response in HTTP/1. */
export interface Http1ResponseSink extends ResponseSink {
  onHead(head: Http1ResponseHead): void;
}

/** Reads one response after its interim ones (RFC 9112), as it comes. */
export class ResponseReader {
  done = false;
  /** The head has been read, and the body has no other end than the connection's. */
  untilClose = false;
  /** What has come of a head. */
  private head: Buffer | undefined;
  private readonly joined = new JoinedBytes();
  private partial: PartialHead | undefined;
  private emptyLines = 0;
  private body: BodyReader | undefined;

  /**
   * @param bodiless whether the request was HEAD: then no response has a body, whatever it announces
   */
  constructor(
    private readonly sink: Http1ResponseSink,
    private readonly bodiless: boolean,
  ) {}

  /**
   * @returns how many of the bytes were the response's: fewer than all when it ended before
   * @throws MalformedMessageError, SectionTooLargeError, and what the sink throws
   */
  read(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && !this.done) {
      if (this.body) {
        at = this.body.read(bytes, at, this.sink);
        if (this.body.done) this.end(this.body.trailers);
      } else if (this.untilClose) {
        this.sink.onBody(at === 0 ? bytes : bytes.subarray(at));
        at = bytes.length;
      } else at = this.readHead(bytes, at);
    }
    return at;
  }

  /** The third party has closed its side. @returns whether that was the end of the response */
  close(): boolean {
    if (this.untilClose && !this.done) this.end([]);
    return this.done;
  }

  private readHead(bytes: Buffer, start: number): number {
    const earlier = this.head?.length ?? 0;
    const all = this.head ? this.joined.join(this.head, bytes.subarray(start)) : bytes;
    /** Where `bytes` would begin in `all`. */
    const offset = this.head ? start - earlier : 0;
    const from = this.skipEmptyLines(all, this.head ? 0 : start);
    // Three bytes of the mark may have come before.
    const mark = all.indexOf("\r\n\r\n", Math.max(from, earlier - 3), "latin1");
    if (mark - from > MOST_HEADER_BYTES || (mark === -1 && all.length - from > MOST_HEADER_BYTES)) {
      throw new SectionTooLargeError("a response's header section is too large");
    }
    if (mark === -1) {
      this.keep(all.subarray(from));
      return bytes.length;
    }
    this.head = undefined;
    this.partial = undefined;
    this.take(all.toString("latin1", from, mark + 2));
    return mark + 4 + offset;
  }

  /** Some servers end an interim response with one too many; llhttp, nginx and HAProxy skip these too. */
  private skipEmptyLines(bytes: Buffer, start: number): number {
    let at = start;
    while (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) {
      if (++this.emptyLines > MOST_EMPTY_LINES) throw new MalformedMessageError("too many empty lines");
      at += 2;
    }
    return at;
  }

  private keep(head: Buffer): void {
    // Nothing that can become a status line: there is no sense in waiting for its end.
    const start = head.toString("latin1", 0, 7);
    if (!"HTTP/1.".startsWith(start) && start !== "\r") throw new MalformedMessageError("not HTTP/1");
    this.partial ??= new PartialHead(STATUS_LINE);
    if (start !== "\r") this.partial.check(head);
    // The first bytes are the reader's for the time of a call only; joined ones are this object's.
    this.head = this.head ? head : Buffer.from(head);
  }

  private take(text: string): void {
    const line = STATUS_LINE.exec(text);
    if (!line) throw new MalformedMessageError("not a status line");
    const status = Number(line[2]);
    const fields = parseFields(text, line[0].length);
    const { length, chunked } = framingOf(fields);
    // RFC 9112 §6.1: it was not known then, so whoever says so is confused about where its messages end.
    if (chunked && line[1] === "0") throw new MalformedMessageError("chunked in HTTP/1.0");
    const interim = status < 200 && status !== 101;
    const bodiless = this.bodiless || status < 200 || status === 204 || status === 304;
    const untilClose = !bodiless && !chunked && length === undefined;
    this.sink.onHead({ status, fields, length, last: line[1] === "0" || untilClose });
    if (interim) return;
    if (bodiless || length === 0) this.end([]);
    else if (untilClose) this.untilClose = true;
    else this.body = new BodyReader(length, true);
  }

  private end(trailers: readonly string[]): void {
    this.done = true;
    this.sink.onEnd(trailers);
  }
}
