import { type Server, createServer } from "node:http";
import type { Policy } from "../../contract/policy/policy";
import type { SeenCertificates } from "../upstream/tls/seen-certificates";

/** Path of the certificates of an entry, which follows it percent-encoded. */
const CERTIFICATES = "/certificates/";

/**
 * Serves the policy in force, and the certificates of third parties, to users who may `kubectl port-forward` to the pod;
 * to be bound to loopback. It has the names of credentials and not their values, like the ConfigMap that it comes from.
 */
export function createDebugServer(policy: Policy, certificates: SeenCertificates): Server {
  const text = `${JSON.stringify(policy, undefined, 2)}\n`;
  return createServer(({ method, url = "" }, res) => {
    const found = method === "GET" ? find(url) : undefined;
    res.writeHead(found === undefined ? 404 : 200, {
      "Content-Type": found === undefined ? "text/plain" : "application/json",
    });
    res.end(found ?? "not found: there are /policy and /certificates/ENTRY\n");
  });

  function find(url: string): string | undefined {
    if (url === "/policy") return text;
    if (!url.startsWith(CERTIFICATES)) return undefined;
    const entry = decoded(url.slice(CERTIFICATES.length));
    if (entry === undefined || !Object.hasOwn(policy.upstreams, entry)) return undefined;
    // Of an entry that has not been called, nothing is known.
    return `${JSON.stringify(certificates.of(entry) ?? null)}\n`;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
