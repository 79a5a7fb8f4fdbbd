// A server on loopback in the place of the egress proxy.
import { Buffer } from "node:buffer";
import http from "node:http";
import { point } from "./names.mjs";

/**
 * @param {string[]} hosts the upstreams
 * @param {(request: http.IncomingMessage & { text: string }, response: http.ServerResponse) => void} [respond]
 * Default: the request as JSON.
 */
export async function startProxy(hosts, respond = echo) {
  const seen = [];
  const sockets = new Set();
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    seen.push({ method: request.method, url: request.url, headers: request.headers, text });
    sockets.add(request.socket);
    respond(Object.assign(request, { text }), response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  point(hosts, server.address().port);
  return {
    server,
    seen,
    sockets,
    async close() {
      point([], 0);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function echo({ method, url, headers, text }, response) {
  response.end(JSON.stringify({ method, url, host: headers.host, text }));
}

/** A login whose cookie and redirects belong to https://FOO: absolute, relative, and to another host. */
export function loginFlow({ url, headers }, response) {
  if (url === "/start") {
    response.writeHead(302, {
      location: "https://api.stripe.com/end",
      "set-cookie": "id=1; Secure; Domain=stripe.com; Path=/",
    });
    response.end();
  } else if (url === "/relative") {
    response.writeHead(307, { location: "/end" }).end();
  } else if (url === "/away") {
    response.writeHead(302, { location: "https://files.example.com/end" }).end();
  } else {
    response.end(JSON.stringify({ host: headers.host, cookie: headers.cookie ?? null, url }));
  }
}
