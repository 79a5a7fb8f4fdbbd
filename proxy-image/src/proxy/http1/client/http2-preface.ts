/** The first bytes of every HTTP/2 connection (RFC 9113 §3.4), as far as an HTTP/1.1 parser reads them as a head. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\n", "latin1");

const SETTINGS = 0x4;
const GOAWAY = 0x7;
/** RFC 9113 §7. */
const HTTP_1_1_REQUIRED = 0xd;
/** RFC 9113 §4.2: only a client that has announced it accepts larger frames. */
const MOST_FRAME = 16_384;

/** Whether a client begins with HTTP/2 although the server has not offered it ("prior knowledge", RFC 9113 §3.3). */
export function isHttp2Preface(bytes: Buffer): boolean {
  return bytes.length >= PREFACE.length && PREFACE.compare(bytes, 0, PREFACE.length) === 0;
}

/**
 * A server's preface, an empty SETTINGS frame, and a GOAWAY frame with HTTP_1_1_REQUIRED.
 *
 * @param text for people: the frame's debug data (RFC 9113 §6.8); cut at the size of a frame
 */
export function http11Required(text: string): Buffer {
  const debug = Buffer.from(text).subarray(0, MOST_FRAME - 8);
  const codes = Buffer.alloc(8);
  // Last stream 0: nothing has been processed, so the client may repeat all of it in HTTP/1.1.
  codes.writeUInt32BE(HTTP_1_1_REQUIRED, 4);
  return Buffer.concat([frameHeader(SETTINGS, 0), frameHeader(GOAWAY, 8 + debug.length), codes, debug]);
}

/** RFC 9113 §4.1: length, type, no flags, stream 0. */
function frameHeader(type: number, length: number): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(length, 0, 3);
  header.writeUInt8(type, 3);
  return header;
}
