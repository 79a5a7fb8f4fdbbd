import { type Random, pick } from "./random";

/** A `Transfer-Encoding: chunked` that one reader sees and another does not. */
const ENCODINGS = [
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: CHUNKED",
  "transfer-encoding:chunked",
  "Transfer-Encoding:\tchunked \t",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding: \x0bchunked",
  "Transfer-Encoding: chunked\x00",
  " Transfer-Encoding: chunked",
  "X: y\nTransfer-Encoding: chunked",
  "X: y\rTransfer-Encoding: chunked",
  "X: y\r\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding:\r\n chunked",
  "Transfer_Encoding: chunked",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding: identity, chunked",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked;q=1",
  "Transfer-Encoding: ,chunked",
  "Transfer-Encoding: chunked,",
  "Transfer-Encoding: chunked, chunked",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding:",
  "Transfer-Encoding\xa0: chunked",
];

/** A `Content-Length` in the same spirit; `N` stands for the number. */
const LENGTHS = [
  "Content-Length: N",
  "Content-Length: N",
  "content-length:N",
  "Content-Length:\tN\t",
  "Content-Length: 0N",
  "Content-Length: 00000000000N",
  "Content-Length: +N",
  "Content-Length: -N",
  "Content-Length: 0xN",
  "Content-Length: N, N",
  "Content-Length: N N",
  "Content-Length: N\r\nContent-Length: N",
  "Content-Length: N\r\nContent-Length: 0",
  "Content-Length : N",
  "Content-Length: N\x00",
  "Content_Length: N",
  "Content-Length: N.0",
  "Content-Length: 99999999999999999999",
  "Content-Length: 18446744073709551617",
  "Content-Length:\r\n N",
  "Content-Length:",
];

const GOOD_FIELDS = [
  "Accept: */*",
  "X-Empty:",
  "X-Blank: \t ",
  "x-lower: a  b",
  "X-Bytes: \x80\xe9\xff",
  "X-Punctuation: !#$%&'*+-.^_`|~\"(),/:;<=>?@[\\]{}",
  "!#$%&'*+-.^_`|~09: y",
  "Connection: keep-alive",
  "Connection: close",
  "Connection: x, Close ,y",
  "Connection: keep-alive, transfer-encoding",
  "Connection:",
  "Keep-Alive: timeout=5",
  "Trailer: X-Sum",
  "TE: trailers",
  `X: ${"y".repeat(3_000)}`,
];
const ODD_FIELDS = [
  "X: a\x01b",
  "X: a\x7fb",
  "X: a\x00b",
  "X",
  ": y",
  "X y: z",
  "X: a\nY: b",
  "X: a\r Y: b",
  "X: a\r\n folded",
];

const CHUNK_SIZES = [
  "N",
  "N",
  "N",
  "0N",
  "000000000N",
  "N;a=b",
  'N;a="b;c"',
  "N;",
  "N;a",
  "N ;a=b",
  "N ",
  "N\t",
]
  .concat(["0xN", " N", "+N", "-N", "N\x00", "N\r", "N\n", "N;\n", "N,N", "fffffffffffffffffN", "g", ""])
  .concat(['N;a="\r\n"', "N;a=\x00", "N;a=\x7f", "N;\xff", `N;${"a".repeat(200)}`]);

const ENDINGS = ["0\r\n\r\n", "0\r\n\r\n", "0\r\n\r\n", "00;x\r\n\r\n", "0\r\nX-Sum: y\r\n\r\n"].concat(
  ["0\r\nA: b\r\nC:d\r\n\r\n", "0\r\nHost: x\r\n\r\n", "0\r\nContent-Length: 9\r\n\r\n", "0\r\nX\r\n\r\n"],
  ["0\r\n\n", "0\n\r\n", "0\r\r\n", "0\r\n \r\n", "0\r\nX: y\n\r\n", "-0\r\n\r\n", "0\r\n", ""],
);

const REQUEST_LINES = [
  "GET /a HTTP/1.1",
  "POST /a?b=c HTTP/1.1",
  "PUT /%00 HTTP/1.1",
  "HEAD / HTTP/1.1",
].concat(
  ["DELETE /a HTTP/1.1", "PATCH //a/../b HTTP/1.1", "OPTIONS /a HTTP/1.1", "M-SEARCH /a HTTP/1.1"],
  ["GET http://x/b?c HTTP/1.1", "POST http://x HTTP/1.1", "PUT HTTP://x?c HTTP/1.1", "OPTIONS * HTTP/1.1"],
  ["LIST /a HTTP/1.1", "x-Get!~ /a HTTP/1.1", "get /a HTTP/1.1", "M /a HTTP/1.1"],
  ["GET /a HTTP/1.0", "POST /a HTTP/1.0", "QUERY /a HTTP/1.1", 'GET /"<>[]{}|\\^` HTTP/1.1'],
);
const ODD_REQUEST_LINES = [
  "GET  /a HTTP/1.1",
  "GET /a  HTTP/1.1",
  "GET /a HTTP/1.1 ",
  "GET /a\tHTTP/1.1",
].concat(
  ["GET /a HTTP/1.2", "GET /a HTTP/2.0", "GET /a HTTP/0.9", "GET /a", "GET /a http/1.1", "G=T /a HTTP/1.1"],
  ["\r\nGET /a HTTP/1.1", "\nGET /a HTTP/1.1", " GET /a HTTP/1.1", "GET /a HTTP/01.1", "GET /a HTTP/1.10"],
  [
    "GET http://y/ HTTP/1.1",
    "GET http://u@x/ HTTP/1.1",
    "GET https://x/ HTTP/1.1",
    "GET http://x/#b HTTP/1.1",
    "GET http:/x HTTP/1.1",
    "GET * HTTP/1.1",
    "GET /a#b HTTP/1.1",
    "GET /\xe9 HTTP/1.1",
    "GET /\x7f HTTP/1.1",
  ],
  ["CONNECT x:1 HTTP/1.1", "FOO /a HTTP/1.1", "PRI * HTTP/2.0", "GET /a ICE/1.0", "GET /a HTTP/1.1\x00"],
);

const STATUS_LINES = [
  "HTTP/1.1 200 OK",
  "HTTP/1.1 200 OK",
  "HTTP/1.1 404 ",
  "HTTP/1.1 500",
  "HTTP/1.1 999 Odd",
].concat(
  ["HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified", "HTTP/1.0 200 OK", "HTTP/1.1 205 Reset Content"],
  ["HTTP/1.1 200 \xe9\t!", "HTTP/1.1 302 Found"],
);
const ODD_STATUS_LINES = ["HTTP/1.1  200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 OK"].concat(
  [
    "HTTP/1.2 200 OK",
    "HTTP/2 200 OK",
    "ICY 200 OK",
    "http/1.1 200 OK",
    "HTTP/1.1 200 O\x00K",
    "HTTP/1.1 200OK",
  ],
  ["\r\nHTTP/1.1 200 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 +20 OK", "HTTP/1.1 200\rOK", "HTTP/1.1 200 O\nK"],
);
const INTERIM = ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"].concat([
  "HTTP/1.1 102 Processing\r\nContent-Length: 5\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n",
]);

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

/** A body, and fields about its length, that are most often right. */
function framed(below: Random): { fields: string[]; body: string } {
  const content = pick(below, ["hello", "hello, world", SMUGGLED, "0\r\n\r\n", "\r\n\r\n", "x"]);
  const kind = below(10);
  if (kind < 3) return { fields: [], body: kind === 0 ? content : "" };
  const length = below(6) === 0 ? pick(below, ["0", "1", "5", "40"]) : String(content.length);
  const lengths = (below(5) === 0 ? pick(below, LENGTHS) : LENGTHS[0]!).replaceAll("N", length);
  if (kind < 6) return { fields: [lengths], body: content };
  const encoding = below(5) === 0 ? pick(below, ENCODINGS) : ENCODINGS[0]!;
  const fields = kind < 9 ? [encoding] : below(2) === 0 ? [encoding, lengths] : [lengths, encoding];
  const half = below(content.length);
  const body = [content.slice(0, half), content.slice(half)]
    .filter((piece) => piece !== "")
    .map((piece) => {
      const size = below(6) === 0 ? pick(below, CHUNK_SIZES) : "N";
      const end = below(20) === 0 ? pick(below, ["", "\n", "\r", "x\r\n", "\r\n\r\n"]) : "\r\n";
      return `${size.replaceAll("N", piece.length.toString(16))}\r\n${piece}${end}`;
    });
  return { fields, body: body.join("") + (below(4) === 0 ? pick(below, ENDINGS) : ENDINGS[0]!) };
}

function message(below: Random, line: string, fixed: string[]): string {
  const { fields, body } = framed(below);
  for (let i = below(3); i > 0; i--)
    fields.splice(below(fields.length + 1), 0, pick(below, below(12) === 0 ? ODD_FIELDS : GOOD_FIELDS));
  fields.splice(below(fields.length + 1), 0, ...fixed);
  const end = below(30) === 0 ? pick(below, ["\n", "\r", "\r\r\n", " \r\n", ""]) : "\r\n";
  return `${[line, ...fields].join("\r\n")}\r\n${end}${body}`;
}

/** One byte more, less or other. */
function mutated(below: Random, text: string): string {
  const at = below(text.length);
  const byte = pick(below, ["\r", "\n", "\r\n", "\0", " ", "\t", ":", ";", "0", "\x7f", "\x80", "\xff", "A"]);
  switch (below(3)) {
    case 0:
      return text.slice(0, at) + byte + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1);
    default:
      return text.slice(0, at) + byte + text.slice(at + 1);
  }
}

/** One to three requests on one connection, as latin1, in the shapes that request smuggling uses. */
export function requests(below: Random): string {
  let text = "";
  for (let i = 1 + below(3); i > 0; i--) {
    const line = pick(below, below(15) === 0 ? ODD_REQUEST_LINES : REQUEST_LINES);
    const hosts =
      below(20) === 0 ? pick(below, [[], ["Host: x", "Host: y"], ["Host : x"], [" Host: x"]]) : ["Host: x"];
    text += message(below, line, hosts);
  }
  return below(4) === 0 ? mutated(below, text) : text;
}

/** One answer, and what may come before and behind it, as latin1. */
export function answers(below: Random): string {
  let text = "";
  while (below(6) === 0) text += pick(below, INTERIM);
  text += message(below, pick(below, below(15) === 0 ? ODD_STATUS_LINES : STATUS_LINES), []);
  if (below(4) === 0) text += "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad";
  return below(4) === 0 ? mutated(below, text) : text;
}
