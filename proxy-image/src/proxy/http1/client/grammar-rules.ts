/** A rule of HTTP/1.1's grammar. */
export interface GrammarRule {
  /** Description of a message that breaks it: the beginning of a sentence. */
  readonly broken: string;
  /** The section that defines it. */
  readonly section: string;
  /** How to correct it: whole sentences. */
  readonly remedy: string;
}

/** The rules that are checked, each with its remedy. */
export const GRAMMAR_RULES = {
  "not-http": {
    broken: "The bytes are a TLS handshake, not HTTP",
    section: "RFC 9112 §2.1",
    remedy:
      "Call http://, not https://: the mesh encrypts the way to this proxy, and the proxy the way outside.",
  },
  method: {
    broken: "The method is not a token",
    section: "RFC 9110 §9.1",
    remedy: "Begin the request with a method such as GET, and one space.",
  },
  "method-length": {
    broken: "The method is longer than 64 characters",
    section: "RFC 9110 §9.1",
    remedy: "Begin the request with a method such as GET, and one space.",
  },
  "request-line": {
    broken: "The request line is not a method, a target and a version with one space between them",
    section: "RFC 9112 §3",
    remedy: "Send it as `GET /path HTTP/1.1`.",
  },
  "target-space": {
    broken: "The request target contains a space",
    section: "RFC 9112 §3.2",
    remedy: "Percent-encode it as %20.",
  },
  "target-byte": {
    broken: "The request target contains a byte that is not visible ASCII",
    section: "RFC 9112 §3.2",
    remedy: "Percent-encode it.",
  },
  version: {
    broken: "The version is not HTTP/1.1 or HTTP/1.0",
    section: "RFC 9112 §2.3",
    remedy: "Send HTTP/1.1.",
  },
  "bare-line-feed": {
    broken: "A line ends with a line feed alone",
    section: "RFC 9112 §2.2",
    remedy: "End each line with a carriage return and a line feed.",
  },
  "bare-carriage-return": {
    broken: "A carriage return is not followed by a line feed",
    section: "RFC 9112 §2.2",
    remedy: "End each line with a carriage return and a line feed, and send neither inside a line.",
  },
  "line-folding": {
    broken: "A header line begins with a blank, as if it continued the line before",
    section: "RFC 9112 §5.2",
    remedy: "Send each field on one line.",
  },
  "field-colon": {
    broken: "A header line has no colon",
    section: "RFC 9112 §5",
    remedy: "Send each field as `Name: value`.",
  },
  "field-space": {
    broken: "A blank stands between a field's name and its colon",
    section: "RFC 9112 §5.1",
    remedy: "Put the colon directly behind the name.",
  },
  "field-name": {
    broken: "A field's name is not a token",
    section: "RFC 9110 §5.1",
    remedy: "Use letters, digits and hyphens.",
  },
  "field-value": {
    broken: "A field's value contains a control character",
    section: "RFC 9110 §5.5",
    remedy: "Send visible characters, blanks and tabs only.",
  },
} as const satisfies Record<string, GrammarRule>;

/** Why a message is malformed. It contains no secret, so it is sent to the client and logged. */
export interface MalformedReason {
  readonly rule: keyof typeof GRAMMAR_RULES;
  /** Bytes from the beginning of the message, or of the trailer section, to the error. */
  readonly offset: number;
  /** The byte there; undefined if something is missing. */
  readonly byte?: number;
  /** The part of the message: `in the field "Accept"`; never a value. */
  readonly where?: string;
}

/** The reason as sentences. */
export function describeReason({ rule, offset, byte, where }: MalformedReason): string {
  const { broken, section, remedy } = GRAMMAR_RULES[rule];
  const what = byte === undefined ? "" : `byte 0x${byte.toString(16).padStart(2, "0").toUpperCase()} `;
  return `${broken} (${what}at offset ${offset}${where === undefined ? "" : `, ${where}`}; ${section}). ${remedy}`;
}
