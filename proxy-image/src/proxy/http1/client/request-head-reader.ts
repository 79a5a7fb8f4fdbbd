import { parseRequestHead } from "./parse-request-head";
import { MOST_METHOD_LENGTH } from "../../../contract/names/method";
import { explainRequest } from "./explain-request";
import { MalformedMessageError, SectionTooLargeError } from "../malformed";
import { largestField } from "../../message/read-so-far";
import { type RequestHead } from "../../message/request-head";

/** A method, the beginning of one (RFC 9110 §9.1), or the beginning of an empty line before a request. */
const METHOD_START = new RegExp(`^(?:[!#$%&'*+\\-.^_\`|~0-9A-Za-z]{1,${MOST_METHOD_LENGTH}}(?:$| )|\r$)`);

/** Result of a read. */
export interface HeadRead {
  /** Absent if more bytes are needed. */
  readonly head?: RequestHead;
  /** Bytes after the head, or of an unfinished one; undefined for none. */
  readonly rest: Buffer | undefined;
}

/** Finds the heads of requests in the client's bytes, which may arrive one at a time. */
export class RequestHeadReader {
  /** Bytes that have been searched for the end of a head. */
  private searched = 0;

  /** @param mostBytes of a request's line and header section */
  constructor(private readonly mostBytes: number) {}

  /**
   * @param all all bytes that are not processed yet
   * @throws MalformedMessageError as soon as they can't become a request
   * @throws SectionTooLargeError
   */
  read(all: Buffer): HeadRead {
    const bytes = this.withoutEmptyLines(all);
    if (bytes.length === 0) return { rest: undefined };
    const { searched, mostBytes } = this;
    // Three bytes of the mark may have arrived before.
    const mark = bytes.indexOf("\r\n\r\n", Math.max(0, searched - 3), "latin1");
    if (mark > mostBytes || (mark === -1 && bytes.length > mostBytes)) {
      throw tooLarge(bytes.toString("latin1", 0, mostBytes), mostBytes);
    }
    if (mark === -1) {
      if (cannotBeHead(bytes, searched))
        throw new MalformedMessageError(explainRequest(bytes.toString("latin1")));
      this.searched = bytes.length;
      return { rest: bytes };
    }
    this.searched = 0;
    const head = parseRequestHead(bytes.toString("latin1", 0, mark + 2));
    return { head, rest: mark + 4 === bytes.length ? undefined : bytes.subarray(mark + 4) };
  }

  /** RFC 9112 §2.2: empty lines before a request are ignored. */
  private withoutEmptyLines(bytes: Buffer): Buffer {
    let start = 0;
    while (bytes[start] === 0x0d && bytes[start + 1] === 0x0a) start += 2;
    if (start === 0) return bytes;
    this.searched = 0;
    return bytes.subarray(start);
  }
}

/** @param text as many bytes as a head may have */
function tooLarge(text: string, mostBytes: number): SectionTooLargeError {
  const limit = `${mostBytes} bytes (\`limits.headerBytes\`)`;
  if (!text.includes("\n"))
    return new SectionTooLargeError(`The request line alone is longer than ${limit}.`, true);
  const largest = largestField(text);
  return new SectionTooLargeError(
    `The request line and the header section are longer than ${limit}.` +
      (largest === undefined ? "" : ` The largest field is ${largest}.`),
  );
}

/**
 * Whether these bytes can't be the beginning of a request: a line feed without its CR, or an invalid method.
 *
 * @param searched how many of them have been validated
 */
function cannotBeHead(bytes: Buffer, searched: number): boolean {
  // Already validated; it may be the LF of the CRLF that ended the previous chunk.
  const bare = searched === 0 ? /(?:^|[^\r])\n/ : /[^\r]\n/;
  if (bare.test(bytes.toString("latin1", Math.max(0, searched - 1)))) return true;
  return (
    searched <= MOST_METHOD_LENGTH && !METHOD_START.test(bytes.toString("latin1", 0, MOST_METHOD_LENGTH + 1))
  );
}
