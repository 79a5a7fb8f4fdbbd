import type { Policy, PolicyUpstream } from "./policy";
import type { Mistake } from "./schema";

/** Checks rules that involve several fields. */
export function checkAcrossFields({ mesh, audit, upstreams }: Policy, mistakes: Mistake[]): void {
  const owners = new Map<string, string>();
  if (audit) owners.set(audit.service, "audit");
  if (audit && !mesh) {
    mistakes.push({
      path: "audit",
      problem: "is for named namespaces, but without `mesh` nobody vouches for clients",
    });
  }
  for (const [host, upstream] of Object.entries(upstreams)) {
    const path = `upstreams[${JSON.stringify(host)}]`;
    const owner = owners.get(upstream.service);
    if (owner === undefined) owners.set(upstream.service, host);
    else
      mistakes.push({ path: `${path}.service`, problem: `is also the Service of ${JSON.stringify(owner)}` });
    if (host.startsWith("*.")) checkWildcard(upstream, path, mistakes);
    if (mesh === undefined && upstream.allow?.some(({ clients }) => clients)) {
      mistakes.push({
        path: `${path}.allow`,
        problem: "names clients, but without `mesh` nobody vouches for them",
      });
    }
    if (upstream.setHeaders) checkSetHeaders(upstream, path, mistakes);
    checkPaths(upstream, path, mistakes);
    upstream.linksTo?.forEach((other, index) => {
      if (other !== host && Object.hasOwn(upstreams, other)) return;
      mistakes.push({ path: `${path}.linksTo[${index}]`, problem: "must be another entry of `upstreams`" });
    });
  }
}

/** Settings that belong to one host can't apply to all names below a suffix. */
function checkWildcard(
  { tls, setHeaders, hostHeader }: PolicyUpstream,
  path: string,
  mistakes: Mistake[],
): void {
  const given = { "tls.serverName": tls.serverName, setHeaders, hostHeader };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined)
      mistakes.push({ path: `${path}.${name}`, problem: "can't be given for a wildcard" });
  }
}

/** A credential may only be used by named clients, for named methods and paths. */
function checkSetHeaders({ allow }: PolicyUpstream, path: string, mistakes: Mistake[]): void {
  if (allow?.every(({ clients, methods, paths }) => clients && methods && paths)) return;
  mistakes.push({
    path: `${path}.setHeaders`,
    problem: "needs an `allow` in which every rule names clients, methods and paths",
  });
}

function checkPaths({ allow, encodedSlashes }: PolicyUpstream, path: string, mistakes: Mistake[]): void {
  if (encodedSlashes) return;
  allow?.forEach(({ paths }, rule) =>
    paths?.forEach((pattern, index) => {
      if (!pattern.includes("%2F")) return;
      mistakes.push({
        path: `${path}.allow[${rule}].paths[${index}]`,
        problem: "has %2F, which needs `encodedSlashes`",
      });
    }),
  );
}
