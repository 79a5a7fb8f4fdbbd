import type { ClientIdentity } from "../exchange/client";
import { ownCopy } from "../message/own-copy";
import { isNamespaceName, isServiceAccountName } from "../../contract/names/names";

/** Parsed identities that are cached; there are as many as meshed service accounts. */
const MOST_KEPT = 10_000;

/**
 * Reads `l5d-client-id`, which the inbound sidecar overwrites or removes on every request. Parsed from the right,
 * because a service account's name may contain dots and a namespace's may not.
 *
 * @param suffix the policy's `mesh.identitySuffix`
 */
export function identityReader(
  suffix: string,
): (rawHeaders: readonly string[]) => ClientIdentity | undefined {
  const kept = new Map<string, ClientIdentity | undefined>();
  const tail = `.${suffix}`;

  const parse = (identity: string): ClientIdentity | undefined => {
    if (!identity.endsWith(tail)) return undefined;
    const name = identity.slice(0, -tail.length);
    const dot = name.lastIndexOf(".");
    const serviceAccount = name.slice(0, dot);
    const namespace = name.slice(dot + 1);
    if (dot < 1 || !isNamespaceName(namespace) || !isServiceAccountName(serviceAccount)) return undefined;
    return { namespace, serviceAccount, key: `${namespace}/${serviceAccount}` };
  };

  return (rawHeaders) => {
    let identity: string | undefined;
    for (let i = 0; i < rawHeaders.length; i += 2) {
      if (!isIdentityField(rawHeaders[i]!)) continue;
      // The sidecar sets the field once. If there are two, neither can be trusted.
      if (identity !== undefined) return undefined;
      identity = rawHeaders[i + 1]!;
    }
    if (identity === undefined) return undefined;
    if (kept.has(identity)) return kept.get(identity);
    // A copy: a substring would keep the head of this request.
    const own = ownCopy(identity);
    const client = parse(own);
    if (kept.size < MOST_KEPT) kept.set(own, client);
    return client;
  };
}

/** All identities in a request. More than one can't come from the sidecar. */
export function identitiesIn(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && isIdentityField(rawHeaders[i - 1]!));
}

/** The spelling with underscores does not count: the sidecar passes it on as the client wrote it. */
function isIdentityField(name: string): boolean {
  return name.length === 13 && name.toLowerCase() === "l5d-client-id";
}
