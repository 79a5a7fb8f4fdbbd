import type { ConfigMap } from "../../stubdomain/cluster/cluster";
import type { Survey } from "../../stubdomain/controller/survey";
import { parseCorefile } from "../../stubdomain/corefile/server-blocks";
import { advice, uncoveredCache } from "../../stubdomain/targets/advice";
import { COREFILE_FIELD } from "../../stubdomain/targets/coredns";
import { TargetError } from "../../stubdomain/targets/error";
import { nodeCache } from "../../stubdomain/targets/node-cache";
import { textOf } from "../../stubdomain/targets/object";
import type { Spec } from "../../contract/stub-domain/spec";
import {
  isNodeLocal,
  TARGET_KINDS,
  TARGET_OBJECTS,
  type TargetKind,
} from "../../contract/stub-domain/target-ref";
import { type Finding, ok, problem, warning } from "./finding";

const CLUSTER_DOMAIN = "cluster.local";

/**
 * Which `dns.target` fits, whether the Corefile can be read, and whether NodeLocal DNSCache needs a stub domain. The
 * controller's own functions decide. Pure.
 *
 * @param installed kinds of the targets that controllers edit now; none before the installation
 */
export function checkDns(seen: Survey, installed: readonly TargetKind[]): Finding[] {
  return [checkTarget(seen, installed), ...checkCorefile(seen.coredns), ...checkNodeCache(seen, installed)];
}

function checkTarget(seen: Survey, installed: readonly TargetKind[]): Finding {
  const why = wrong("coredns", seen);
  const fitting = TARGET_KINDS.filter((kind) => !isNodeLocal(kind)).find(
    (kind) => wrong(kind, seen) === undefined,
  );
  if (fitting === undefined) {
    return problem(
      "dns target",
      why ?? "no dns.target fits this cluster",
      "set dns.mode as above",
      "docs/platforms/README.md",
    );
  }
  const setting = fitting === "coredns" ? "coredns, the default" : fitting;
  const inUse = installed.filter((kind) => !isNodeLocal(kind));
  if (inUse.length > 0 && !inUse.includes(fitting)) {
    return problem(
      "dns target",
      `${inUse.join(", ")} is set, but ${fitting} fits: ${why ?? "the cluster's DNS reads ConfigMap coredns"}`,
      fitting === "coredns" ? "leave dns.target out" : `set dns: { target: "${fitting}" }`,
      "docs/platforms/README.md",
    );
  }
  if (inUse.length === 0 && fitting !== "coredns") {
    return warning(
      "dns target",
      `${fitting} fits: ${why ?? ""}`,
      `set dns: { target: "${fitting}" }`,
      "docs/platforms/README.md",
    );
  }
  return ok("dns target", `${setting}, fits this cluster`);
}

/** Why a target does not fit, a cache on the nodes left aside. */
function wrong(kind: TargetKind, seen: Survey): string | undefined {
  return advice({ ...specFor(kind), behindCache: true }, seen);
}

function specFor(kind: TargetKind): Spec {
  return {
    domain: "egress.local",
    dnsService: { namespace: "egress", name: "egress-dns" },
    clusterDomain: CLUSTER_DOMAIN,
    target: { kind, ...TARGET_OBJECTS[kind] },
    anchor: { namespace: "egress-stub-domain", name: "egress" },
    specHash: "",
    proofTimeoutMs: 0,
  };
}

function checkCorefile(coredns: ConfigMap | undefined): Finding[] {
  const text = textOf(coredns, COREFILE_FIELD);
  if (text === undefined) return [];
  try {
    const { blocks } = parseCorefile(text);
    return [ok("corefile", `readable, ${blocks.length} server block${blocks.length === 1 ? "" : "s"}`)];
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return [
      problem(
        "corefile",
        `ConfigMap kube-system/coredns: ${error.message}`,
        "correct the Corefile",
        "docs/cluster-dns.md",
      ),
    ];
  }
}

/** From outside a pod nobody sees whom pods ask: the cache is taken to be in use. */
function checkNodeCache(seen: Survey, installed: readonly TargetKind[]): Finding[] {
  if (!seen.nodeLocalDns) return [];
  if (installed.some(isNodeLocal))
    return [ok("node cache", "NodeLocal DNSCache, with a stub domain of its own")];
  const resolvers = nodeCache(textOf(seen.nodeLocalDns, COREFILE_FIELD) ?? "", CLUSTER_DOMAIN)?.listens ?? [];
  const uncovered = uncoveredCache(specFor("coredns"), { nodeLocalDns: seen.nodeLocalDns, resolvers });
  return uncovered === undefined
    ? [ok("node cache", "NodeLocal DNSCache, forwards all names to the cluster's DNS")]
    : [
        warning(
          "node cache",
          uncovered,
          "set dns: { nodeLocalDns: true }",
          "docs/platforms/node-local-dns.md",
        ),
      ];
}
