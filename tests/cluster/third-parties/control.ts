import { once } from "node:events";
import { createServer } from "node:http";

import { allSeen, forget } from "./seen";
import type { ThirdPartySettings } from "./settings";

/** Answers tests: `GET /__seen` (`?thirdParty=HOST` for one of them), `DELETE /__seen` to start afresh. */
export async function startControl({ address, port }: ThirdPartySettings["control"]): Promise<void> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://control");
    if (url.pathname !== "/__seen") {
      response.writeHead(404).end("only /__seen is here\n");
      return;
    }
    if (request.method === "DELETE") {
      forget();
      response.writeHead(204).end();
      return;
    }
    const thirdParty = url.searchParams.get("thirdParty");
    const seen = allSeen().filter((one) => thirdParty === null || one.thirdParty === thirdParty);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(seen));
  });
  server.listen(port, address);
  await once(server, "listening");
}
