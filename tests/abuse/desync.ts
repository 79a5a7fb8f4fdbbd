import { statusOf, sendRaw } from "../proxy/support/raw-client";
import { startWorld, upstream } from "../proxy/support/world";
import { type Figure, each } from "./figure";
import { Recorder } from "./recorder";

const HOST = "Host: api.example.com.egress.local";

/** A `Transfer-Encoding: chunked` that one reader sees and another does not. */
const ENCODINGS = [
  "Transfer-Encoding: chunked",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding:chunked",
  "Transfer-Encoding:\tchunked",
  "Transfer-Encoding: \x0bchunked",
  "Transfer-Encoding: \x0cchunked",
  "Transfer-Encoding: chunked\x00",
  "\tTransfer-Encoding: chunked",
  " Transfer-Encoding: chunked",
  "X: y\nTransfer-Encoding: chunked",
  "X: y\rTransfer-Encoding: chunked",
  "X: y\r\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding\r\n : chunked",
  "Transfer-Encoding:\r\n chunked",
  "Transfer-Encoding:\n chunked",
  "Transfer_Encoding: chunked",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding: chunkedx",
  "Transfer-Encoding: chunk",
  "Transfer-Encoding: 'chunked'",
  'Transfer-Encoding: "chunked"',
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding: identity, chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked, gzip",
  "Transfer-Encoding: chunked;q=1",
  "Transfer-Encoding: chunked,",
  "Transfer-Encoding: ,chunked",
  "Transfer-Encoding: chunked, chunked",
  "Transfer-Encoding: CHUNKED",
  "Transfer-Encoding: chUnked ",
  "Transfer-Encoding: chunked\t",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
  "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
  "transfer-encoding: chunked",
  "TRANSFER-ENCODING: chunked",
  "Transfer-Encoding: \xffchunked",
  "Transfer-Encoding\x00: chunked",
  "Transfer-Encoding\xa0: chunked",
  "X-Transfer-Encoding: chunked",
  "Transfer-Encodinq: chunked",
  "Foo: bar\r\n Transfer-Encoding: chunked",
  "Transfer-Encoding: chunked\r\nConnection: Transfer-Encoding",
  "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: deflate",
  "Transfer-Encoding: chunked\x01",
  "Transfer-Encoding: ch\x00unked",
  "Transfer-Encoding=chunked",
  "Transfer-Encoding: {chunked}",
  "Transfer-Encoding: chunked\\r\\n",
  "Trailer: Transfer-Encoding",
  "Transfer-Encoding:",
];

/** A `Content-Length` in the same spirit; `N` stands for the number. */
const LENGTHS = [
  "Content-Length: N",
  "Content-Length: +N",
  "Content-Length: -N",
  "Content-Length: 0xN",
  "Content-Length: N, N",
  "Content-Length: N N",
  "Content-Length: N\r\nContent-Length: N",
  "Content-Length: N\r\nContent-Length: 0",
  "Content-Length: 0\r\nContent-Length: N",
  "Content-Length : N",
  "Content-Length: \x0bN",
  "Content-Length: N\x00",
  "Content_Length: N",
  "Content-Length: 0N",
  "Content-Length: N.0",
  "Content-Length: Ne0",
  "Content-Length: 99999999999999999999",
  "Content-Length: 18446744073709551617",
  "Content-Length:\r\n N",
  "Content-Length: 'N'",
  "Content-Length: N;",
  "Content-Length: ",
  "X: y\nContent-Length: N",
  "Connection: content-length\r\nContent-Length: N",
];

/** Replaced by the number of the payload, in as many characters. */
const ID = "@@@@";
const SMUGGLED = `GET /smuggled-${ID} HTTP/1.1\r\n${HOST}\r\n\r\n`;
const CHUNK_SIZES = [
  "5;a=b",
  "0x5",
  " 5",
  "5 ",
  "+5",
  "-5",
  "5\t",
  "5\x00",
  "05",
  "00000000000000005",
  "fffffffffffffffff5",
  "5\r",
  "5\n",
  "\n5",
  "5;\n",
  "5;\r",
  "5,5",
  "g",
  "",
  "5;a=\x00",
  '5;a="\r\n"',
  "5\xff",
];
const HOSTS = [
  `${HOST}\r\n${HOST}`,
  `${HOST}\r\nHost: evil`,
  "Host: evil\r\n" + HOST,
  ` ${HOST}`,
  `X: y\r\n ${HOST}`,
  `${HOST}, evil`,
  `${HOST} evil`,
  `${HOST}\x00evil`,
  `${HOST}\tevil`,
  `${HOST}\x40evil`,
  `Host:\r\n evil`,
  `${HOST}#evil`,
  `${HOST}\\evil`,
  `${HOST}:80:80`,
  `Host : evil`,
  `X_: y\r\n${HOST}`,
];
const REQUEST_LINES = [
  "POST http://evil/ HTTP/1.1",
  "POST  / HTTP/1.1",
  "POST /\tHTTP/1.1",
  "POST / HTTP/1.1 ",
  "POST / HTTP/1.2",
  "POST / HTTP/2.0",
  "POST / HTTP/0.9",
  "POST /",
  "POST / http/1.1",
  "POST / HTTP/1.1\x00",
  "POST /\x00 HTTP/1.1",
  "POST /\r / HTTP/1.1",
  "\r\nPOST / HTTP/1.1",
  "\nPOST / HTTP/1.1",
  " POST / HTTP/1.1",
  "PO\x00ST / HTTP/1.1",
  "POST\x0b/\x0bHTTP/1.1",
  "POST //evil/ HTTP/1.1",
  "POST /#x HTTP/1.1",
  "POST \\ HTTP/1.1",
  "POST / HTTP/1.10",
  "POST / HTTP/01.1",
  "post / HTTP/1.1",
  "PRI * HTTP/2.0",
];

/** All payloads; each is followed on its connection by a request of its own. */
function payloads(): string[] {
  const all: string[] = [];
  for (const method of ["POST", "GET", "PUT"]) {
    const head = `${method} /first-${ID} HTTP/1.1\r\n${HOST}\r\n`;
    for (const encoding of ENCODINGS) {
      const chunked = `0\r\n\r\n${SMUGGLED}`;
      // Content-Length covers all of it; the first reader of chunks stops at the 0.
      all.push(`${head}Content-Length: ${chunked.length}\r\n${encoding}\r\n\r\n${chunked}`);
      all.push(
        `${head}${encoding}\r\nContent-Length: 4\r\n\r\n${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
      );
      all.push(`${head}${encoding}\r\n\r\n${chunked}`);
    }
    for (const length of LENGTHS) {
      all.push(`${head}${length.replaceAll("N", String(SMUGGLED.length))}\r\n\r\n${SMUGGLED}`);
      all.push(`${head}${length.replaceAll("N", "5")}\r\n\r\nhello${SMUGGLED}`);
    }
    for (const size of CHUNK_SIZES)
      all.push(`${head}Transfer-Encoding: chunked\r\n\r\n${size}\r\nhello\r\n0\r\n\r\n${SMUGGLED}`);
  }
  for (const host of HOSTS)
    all.push(`POST /first-${ID} HTTP/1.1\r\n${host}\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`);
  for (const requestLine of REQUEST_LINES)
    all.push(`${requestLine}\r\n${HOST}\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`);
  for (const ending of [
    "0\r\n\n",
    "0\n\r\n",
    "0\r\r\n",
    "0\r\n \r\n",
    "0\r\nX: y\r\n\r\n",
    "0\r\nHost: evil\r\n\r\n",
    "0\r\nContent-Length: 9\r\n\r\n",
    "0\r\nX\r\n\r\n",
    "00\r\n\r\n",
    "0;x\r\n\r\n",
    "-0\r\n\r\n",
  ]) {
    all.push(
      `POST /first-${ID} HTTP/1.1\r\n${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n${ending}${SMUGGLED}`,
    );
  }
  return all;
}

/** Whether a request was decided on as often as it was seen. */
function take(decided: readonly string[], request: string, seen: readonly string[]): boolean {
  const times = (list: readonly string[]): number => list.filter((one) => one === request).length;
  return times(seen) <= times(decided);
}

/** What the third party reads must be what the proxy decided on: nothing more, nothing else. */
export async function desync(): Promise<Figure> {
  const world = await startWorld({ "api.example.com": upstream("api-example-com") });
  const recorder = new Recorder();
  await world.internet.tls(["api.example.com"], recorder.accept);
  const all = payloads();
  const replies: number[] = [];
  // A number of its own in every target: an answer that nobody waits for may arrive during the next payload.
  await each([...all.keys()], 4, async (index) => {
    const last = `GET /last-${ID} HTTP/1.1\r\n${HOST}\r\nConnection: close\r\n\r\n`;
    const bytes = (all[index]! + last).replaceAll(ID, String(index).padStart(ID.length, "0"));
    replies[index] = statusOf(await sendRaw(world.port, Buffer.from(bytes, "latin1"), 150));
  });
  while (world.proxy.inFlight() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 200));

  const outcomes: Record<string, number> = { rejected: 0, normalised: 0, ambiguous: 0 };
  const violations = recorder.doubts.map((doubt) => `the third party could not be sure: ${doubt}`);
  const decided = world.log
    .filter(({ upstream: entry, error }) => entry !== undefined && error === undefined)
    .map(({ method, path, status }) => ({ request: `${String(method)} ${String(path)}`, status }));
  all.forEach((payload, index) => {
    const id = String(index).padStart(ID.length, "0");
    const own = (request: string): boolean => request.includes(id);
    const seen = recorder.seen.filter(own).sort();
    const admitted = decided.filter(({ request }) => own(request));
    const answered = admitted.filter(({ status }) => status === 200).map(({ request }) => request);
    // Everything seen was decided on, and everything answered was seen; what was cut may or may not have left.
    const surplus = seen.filter(
      (request) =>
        !take(
          admitted.map((one) => one.request),
          request,
          seen,
        ),
    );
    const missing = answered.filter((request) => !seen.includes(request));
    if (surplus.length > 0 || missing.length > 0) {
      outcomes.ambiguous!++;
      violations.push(
        `${JSON.stringify(payload)}: seen and not decided on ${surplus.join()}, the reverse ${missing.join()}`,
      );
    } else if (replies[index]! >= 400 || seen.length === 0) outcomes.rejected!++;
    else outcomes.normalised!++;
  });
  // Those without a number, too.
  const known = decided.map(({ request }) => request);
  for (const request of new Set(recorder.seen)) {
    if (take(known, request, recorder.seen)) continue;
    outcomes.ambiguous!++;
    violations.push(`seen more often than decided on: ${request}`);
  }
  if (recorder.doubts.length > 0) outcomes.ambiguous! += recorder.doubts.length;
  await world.close();
  return { name: "desync payloads", tried: all.length, atLeast: 500, outcomes, violations };
}
