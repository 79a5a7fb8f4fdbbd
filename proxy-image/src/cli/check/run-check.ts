import { ApiError } from "../../stubdomain/cluster/cluster";
import { apiOf } from "../cluster/api";
import { ClusterError } from "../cluster/cluster-error";
import { findProxy, installedProxies } from "../cluster/egress-proxies";
import { CLUSTER_USAGE, FORMAT_OPTION, FORMAT_USAGE, formatOf, readOptions } from "../cluster/options";
import type { Streams } from "../command";
import { loadConfig } from "../kubeconfig";
import { styleFor } from "../terminal/style";
import { asText, type Finding, ok } from "./finding";
import { gather } from "./gather";

export const CHECK_USAGE = `usage: k8s-egress check [options]

Checks the cluster before the installation, and the EgressProxy after it. Finds what \`pulumi up\` would fail on. Reads
only; the rights are asked for with SelfSubjectAccessReviews, which create nothing.

${FORMAT_USAGE}${CLUSTER_USAGE}
Before the installation, -n is the namespace where it will be; default: egress.

Exit status: 0 nothing is wrong (✓ and !), 1 something is (✗), 2 no answer (wrong usage, or the cluster can't be asked).
`;

/**
 * `k8s-egress check`
 *
 * @returns the exit status
 * @throws UsageError, ClusterError
 */
export async function runCheck(argv: string[], out: Streams["out"]): Promise<number> {
  const options = read(argv);
  if (options === "help") {
    out.write(CHECK_USAGE);
    return 0;
  }
  const config = loadConfig(options);
  const api = apiOf(config);
  const isInstalled = (await installedProxies(api, options.namespace)).length > 0;
  const proxy = isInstalled ? await findProxy(api, options) : undefined;
  const namespace = proxy?.namespace ?? options.namespace ?? "egress";
  const what = proxy
    ? ok("installation", `EgressProxy ${proxy.namespace}/${proxy.name}`)
    : ok(
        "installation",
        `none yet: checking what \`pulumi up\` needs in namespace ${namespace}; whether the nodes can pull the ` +
          "image shows with its pods only",
      );
  const findings = [what, ...(await found({ config, api, proxy, namespace }))];
  out.write(
    options.format === "json"
      ? `${JSON.stringify(findings, undefined, 2)}\n`
      : asText(findings, styleFor(out)),
  );
  return findings.some(({ level }) => level === "error") ? 1 : 0;
}

async function found(surroundings: Parameters<typeof gather>[0]): Promise<Finding[]> {
  try {
    return await gather(surroundings);
  } catch (error) {
    if (error instanceof ApiError)
      throw new ClusterError(`The cluster answered: ${error.message}.`, { cause: error });
    throw error;
  }
}

function read(argv: string[]) {
  return readOptions(argv, CHECK_USAGE, FORMAT_OPTION, ({ output }) => ({ format: formatOf(output) }));
}
