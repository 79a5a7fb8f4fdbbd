import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { VendorRequest } from "../stage/vendor";

/** Answers a request by a CGI program (RFC 3875). */
export async function answerByCgi(
  program: string,
  request: VendorRequest,
  response: ServerResponse,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const { method, url, headers, body } = request;
  const child = spawn(program, {
    stdio: ["pipe", "pipe", "ignore"],
    env: {
      ...{ PATH: process.env.PATH, REQUEST_METHOD: method, PATH_INFO: decodeURIComponent(url.pathname) },
      ...{ QUERY_STRING: url.search.slice(1), CONTENT_TYPE: headers["content-type"] ?? "" },
      ...{ CONTENT_LENGTH: String(body.length), HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "" },
      ...{
        HTTP_GIT_PROTOCOL: String(headers["git-protocol"] ?? ""),
        REMOTE_USER: "ada",
        REMOTE_ADDR: "127.0.0.1",
      },
      ...environment,
    },
  });
  const pieces: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
  child.stdin.on("error", () => undefined);
  child.stdin.end(body);
  await once(child, "close");
  const output = Buffer.concat(pieces);
  const end = output.indexOf("\r\n\r\n");
  const fields = output
    .toString("latin1", 0, end)
    .split("\r\n")
    .map((line) => line.split(": ") as [string, string]);
  const status = fields.find(([name]) => name === "Status")?.[1] ?? "200";
  response.writeHead(parseInt(status), Object.fromEntries(fields.filter(([name]) => name !== "Status")));
  response.end(output.subarray(end + 4));
}
