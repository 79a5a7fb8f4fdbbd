import { join } from "node:path";

/** A Kubernetes that the cluster can be. */
export interface KubernetesVersion {
  /** Such as 1.36. */
  readonly minor: string;
  /** The patch release that is built. */
  readonly version: string;
  /** The `go.mod` with its modules; absent: the one of `kube`, which the tests use. */
  readonly modfile?: string;
  /** The build tag for its `modfile`, as functions of Kubernetes change between releases. */
  readonly tag?: string;
}

/** By default, what most tests run on; the others by the command `npm run test:cluster -- --kubernetes=1.33`. */
const DEFAULT: KubernetesVersion = { minor: "1.36", version: "1.36.3" };

const VERSIONS: readonly KubernetesVersion[] = [
  ...["1.33.13", "1.34.4", "1.35.4"].map((version) => {
    const minor = version.split(".").slice(0, 2).join(".");
    const modfile = join(__dirname, "kube-versions", minor, "go.mod");
    return { minor, version, modfile, tag: `kubernetes${minor}` };
  }),
  DEFAULT,
];

/**
 * The one that the variable `K8S_EGRESS_KUBERNETES` names, such as 1.33.
 *
 * @throws Error that says which there are
 */
export function kubernetesVersion(wanted = process.env.K8S_EGRESS_KUBERNETES): KubernetesVersion {
  if (wanted === undefined || wanted === "") return DEFAULT;
  const found = VERSIONS.find(({ minor }) => minor === wanted);
  if (found) return found;
  const all = VERSIONS.map(({ minor }) => minor).join(", ");
  throw new Error(`K8S_EGRESS_KUBERNETES: there is no Kubernetes "${wanted}" here, but ${all}`);
}
