import { type Finding, ok, problem } from "./finding";

/** Oldest release of Kubernetes 1 that the component supports. */
const OLDEST_MINOR = 30;

/** @param version such as `v1.36.3-gke.100` */
export function checkVersion(version: string): Finding {
  const [, major = "0", minor = "0"] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) > 1 || Number(minor) >= OLDEST_MINOR) return ok("cluster", `Kubernetes ${version}`);
  return problem(
    "cluster",
    `Kubernetes ${version}, older than 1.${OLDEST_MINOR}: it has no ValidatingAdmissionPolicy and no native preStop sleep`,
    `upgrade the cluster to 1.${OLDEST_MINOR} or newer`,
    "README.md",
  );
}
