import { say } from "./print";
import type { Answered, Site } from "./site";

/** The example's third party, and one that is not in its list. */
export const LISTED = "api.example.test";
export const UNLISTED = "unlisted.example.test";

/** What the third party tells of a request, in its response. */
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tlsVersion: string;
}

/**
 * One request that is allowed, from its name to its response, and two that are not.
 *
 * @param url of the listed third party, as the component gives it
 * @throws Error if one of them goes otherwise
 */
export async function tell(site: Site, url: string): Promise<void> {
  const { hostname } = new URL(url);
  const addresses = await site.resolve(hostname);
  say(`DNS      ${hostname}  →  ${addresses.join(", ") || "no such name"}`);

  const allowed = `${url}/v1/charges?limit=3`;
  const began = performance.now();
  const answered = await site.request(allowed);
  const duration = performance.now() - began;
  say(`GET      ${allowed}`);
  say(`  →      ${statusOf(answered)}, ${(answered.body ?? "").length} bytes in ${duration.toFixed(0)} ms`);
  if (answered.status !== 200) throw new Error(`the third party did not answer 200: ${answered.body ?? ""}`);
  const seen = JSON.parse(answered.body!) as Seen;
  say(
    `  there  ${seen.method} https://${seen.headers.host!}${seen.path}, ${seen.tlsVersion}, Via: ${seen.headers.via!}`,
  );

  const denied = await site.request(allowed, "DELETE");
  say(`DELETE   ${allowed}`);
  say(`  →      ${statusOf(denied)}`);
  if (denied.status !== 403) throw new Error("a method that no rule allows was not denied");
  say(`         ${(JSON.parse(denied.body!) as { detail: string }).detail}`);

  const unlisted = `http://${hostname.replace(LISTED, UNLISTED)}/`;
  const refused = await site.request(unlisted);
  say(`GET      ${unlisted}`);
  if (refused.error !== "ENOTFOUND") throw new Error("a name that is not listed resolves");
  say("  →      no such name: it is not among the upstreams");
}

function statusOf({ status, error, headers }: Answered): string {
  const reason = headers?.["proxy-status"];
  if (status === undefined) return error ?? "nothing";
  return reason === undefined ? String(status) : `${status} (${reason})`;
}
