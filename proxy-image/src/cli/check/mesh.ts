import { type Finding, ok, problem, warning } from "./finding";

/** The Gateway API's group. */
export const GATEWAY = "gateway.networking.k8s.io";

/** What is known about Linkerd. */
export interface MeshFacts {
  /** API groups that the cluster serves. */
  readonly groups: readonly string[];
  /** Of the installed EgressProxy; undefined before the installation. */
  readonly mode: string | undefined;
  /** The policy's `mesh.identitySuffix`: `serviceaccount.identity.<namespace>.<trust domain>`. */
  readonly identitySuffix: string | undefined;
  /** Kinds of the Gateway API's version `v1`; undefined without the Gateway API. */
  readonly routes: readonly string[] | undefined;
  /** Namespace of the control plane. */
  readonly controlPlane: string;
  /** Values in ConfigMap `linkerd-config`; undefined if there is none. */
  readonly values: string | undefined;
  /** Ready pods of the injector; undefined if it has no Deployment. */
  readonly injectors: number | undefined;
}

/** Linkerd's CRDs, version, injector and trust domain, and the Gateway API's CRDs. Pure. */
export function checkMesh(facts: MeshFacts): Finding[] {
  const { groups, mode, injectors, controlPlane } = facts;
  const gateway = checkGateway(facts);
  if (mode === "none") return [ok("linkerd", 'not needed: mesh.mode is "none"'), ...gateway];
  if (!groups.includes("policy.linkerd.io")) {
    return [
      problem(
        "linkerd",
        "this cluster does not serve policy.linkerd.io, so `pulumi up` fails at the Server",
        'install Linkerd 2.18 or newer, or set mesh: { mode: "none" }',
        "docs/mesh.md",
      ),
      ...gateway,
    ];
  }
  const injector =
    injectors === undefined
      ? problem(
          "injector",
          `Deployment ${controlPlane}/linkerd-proxy-injector does not exist, so pods get no sidecar`,
          "name Linkerd's namespace in mesh.controlPlaneNamespace, or install the control plane",
          "docs/mesh.md",
        )
      : injectors === 0
        ? problem(
            "injector",
            "no pod of linkerd-proxy-injector is ready: new pods start without a sidecar, and the proxy then exits",
            `kubectl -n ${controlPlane} describe deployment linkerd-proxy-injector`,
            "docs/mesh.md",
          )
        : ok("injector", `${injectors} ready`);
  return [
    ok("linkerd", versionOf(facts.values) ?? "its CRDs are installed"),
    injector,
    ...checkTrustDomain(facts),
    ...gateway,
  ];
}

function checkTrustDomain({ values, identitySuffix, controlPlane }: MeshFacts): Finding[] {
  const actual = valueOf(values, "identityTrustDomain");
  if (actual === undefined) {
    return [
      warning(
        "trust domain",
        `ConfigMap ${controlPlane}/linkerd-config does not say it`,
        "compare mesh.trustDomain with the trust domain that Linkerd was installed with",
        "docs/mesh.md",
      ),
    ];
  }
  if (identitySuffix === undefined) {
    return actual === "cluster.local"
      ? [ok("trust domain", actual)]
      : [
          warning(
            "trust domain",
            `${actual}, not the default`,
            `set mesh: { trustDomain: ${JSON.stringify(actual)} }`,
            "docs/mesh.md",
          ),
        ];
  }
  return identitySuffix.endsWith(`.${controlPlane}.${actual}`)
    ? [ok("trust domain", `${actual}, as in the policy`)]
    : [
        problem(
          "trust domain",
          `Linkerd's is ${actual}, but the policy's identities end with ${identitySuffix}: every client is unknown`,
          `set mesh: { trustDomain: ${JSON.stringify(actual)} } and run \`pulumi up\``,
          "docs/mesh.md",
        ),
      ];
}

/** Nothing in the cluster says whether upstreams' `mesh.retries` is wanted: without the CRDs there can be no routes. */
function checkGateway({ routes }: MeshFacts): Finding[] {
  if (routes === undefined) {
    return [
      ok(
        "gateway api",
        "not installed: `pulumi up` would fail at upstreams' mesh.retries and at mesh.tlsRoutes",
      ),
    ];
  }
  if (routes.includes("HTTPRoute")) return [ok("gateway api", "serves HTTPRoute v1")];
  return [
    warning(
      "gateway api",
      "installed without HTTPRoute v1: `pulumi up` would fail at upstreams' mesh.retries",
      "install the Gateway API's CRDs of release 1.0 or newer",
      "docs/mesh.md",
    ),
  ];
}

function versionOf(values: string | undefined): string | undefined {
  const version = valueOf(values, "linkerdVersion");
  return version === undefined ? undefined : `Linkerd ${version}`;
}

/** A scalar at the top level of the chart's values. */
function valueOf(values: string | undefined, name: string): string | undefined {
  const line = values?.split("\n").find((one) => one.startsWith(`${name}:`));
  const value = line
    ?.slice(name.length + 1)
    .trim()
    .replace(/^["']|["']$/g, "");
  return value === undefined || value === "" ? undefined : value;
}
