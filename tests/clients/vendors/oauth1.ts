import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { CACHE } from "../stage/names";
import { type Vendor, demand, sendJson } from "../stage/vendor";

const HOST = "api.twitter.example";

/** An API behind OAuth 1: oauthlib's server side verifies each request as it came. */
export const oauth1: Vendor = {
  hosts: [HOST],
  handle({ method, target, headers, body }, response) {
    const type = headers["content-type"];
    const input = JSON.stringify({
      url: `https://${HOST}${target}`,
      ...{ method, body: body.toString() },
      headers: {
        Authorization: headers.authorization,
        ...(type === undefined ? {} : { "Content-Type": type }),
      },
    });
    const folder = join(CACHE, "python");
    const valid = execFileSync(join(folder, "venv/bin/python"), [join(folder, "verify_oauth1.py")], {
      input,
    });
    demand(valid.toString().trim() === "true", "the signature is not that of this request");
    sendJson(response, { verified: true });
  },
};
