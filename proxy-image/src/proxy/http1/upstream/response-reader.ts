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
/** RFC 9112 §4. The reason phrase has no meaning, so it is not kept. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d{2})(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/;

/** The head of a response in HTTP/1. */
export interface Http1ResponseHead extends ResponseHead {
  /**
   * Whether the connection ends with the response: because of the version, or because only the connection's end ends
   * the body.
   */
  readonly last: boolean;
}

/** Receives a response in HTTP/1. */
export interface Http1ResponseSink extends ResponseSink {
  onHead(head: Http1ResponseHead): void;
}

/** Parses one response and its interim responses (RFC 9112), as the bytes arrive. */
export class ResponseReader {
  done = false;
  /** The head has been read, and only the end of the connection ends the body. */
  untilClose = false;
  /** The part of a head that has arrived. */
  private head: Buffer | undefined;
  private readonly joined = new JoinedBytes();
  private partial: PartialHead | undefined;
  private emptyLines = 0;
  private body: BodyReader | undefined;

  /** @param bodiless whether the request was HEAD: its response has no body, whatever the head announces */
  constructor(
    private readonly sink: Http1ResponseSink,
    private readonly bodiless: boolean,
  ) {}

  /**
   * @returns how many of the bytes belong to the response: fewer than all if it ended before the last
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
    /** Index in `all` where `bytes` begins. */
    const offset = this.head ? start - earlier : 0;
    const from = this.skipEmptyLines(all, this.head ? 0 : start);
    // Three bytes of the mark may have arrived before.
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

  /** Some servers send an additional empty line after an interim response. llhttp, nginx and HAProxy skip these too. */
  private skipEmptyLines(bytes: Buffer, start: number): number {
    let at = start;
    while (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) {
      if (++this.emptyLines > MOST_EMPTY_LINES) throw new MalformedMessageError("too many empty lines");
      at += 2;
    }
    return at;
  }

  private keep(head: Buffer): void {
    // This can't become a status line, so there is no need to wait for the line's end.
    const start = head.toString("latin1", 0, 7);
    if (!"HTTP/1.".startsWith(start) && start !== "\r") throw new MalformedMessageError("not HTTP/1");
    this.partial ??= new PartialHead(STATUS_LINE);
    if (start !== "\r") this.partial.check(head);
    // The first bytes are valid during the call only, so copy them; joined ones belong to this object.
    this.head = this.head ? head : Buffer.from(head);
  }

  private take(text: string): void {
    const line = STATUS_LINE.exec(text);
    if (!line) throw new MalformedMessageError("not a status line");
    const status = Number(line[2]);
    const fields = parseFields(text, line[0].length);
    const { length, chunked } = framingOf(fields);
    // RFC 9112 §6.1: HTTP/1.0 has no chunked coding, so the framing of such a message can't be trusted.
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
