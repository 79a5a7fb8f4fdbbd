import type { CertificateChain, CertificateFacts } from "../../contract/certificates/chain";
import type { Api } from "../cluster/api";
import { ClusterError } from "../cluster/cluster-error";
import type { InstalledProxy } from "../cluster/egress-proxies";
import { readyPods } from "../cluster/pods";

/** What the page shows of a third party's certificates. */
export interface ShownCertificates {
  /** Undefined: no pod has seen any, or none could be asked. */
  readonly chain?: CertificateChain;
  /** Why there is none. */
  readonly note?: string;
}

/** Milliseconds for which the pods' response is shown again: certificates change in weeks. */
const KEPT_MS = 60_000;
const MOST_KEPT = 100;

/** Asks the pods for the certificates of third parties, at most once a minute for each. */
export class Certificates {
  private readonly kept = new Map<
    string,
    { readonly until: number; readonly shown: Promise<ShownCertificates> }
  >();

  constructor(
    private readonly api: Api,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Never rejected for what a cluster or a pod does. */
  of(proxy: InstalledProxy, entry: string): Promise<ShownCertificates> {
    const kept = this.kept.get(entry);
    if (kept && kept.until > this.now()) return kept.shown;
    const shown = ask(this.api, proxy, entry);
    this.kept.delete(entry);
    this.kept.set(entry, { until: this.now() + KEPT_MS, shown });
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
    return shown;
  }
}

/** The latest chain that a pod has seen. */
async function ask(api: Api, proxy: InstalledProxy, entry: string): Promise<ShownCertificates> {
  try {
    const pods = await readyPods(api, proxy);
    const path = `/certificates/${encodeURIComponent(entry)}`;
    const port = debugPort(proxy);
    const answers = await Promise.allSettled(
      pods.map(async ({ metadata: { namespace, name: pod } }) =>
        chainOf((await api.pod({ namespace, pod, port, path })).text),
      ),
    );
    const chains = answers.flatMap((one) => (one.status === "fulfilled" && one.value ? [one.value] : []));
    const [latest] = chains.sort((one, other) => (one.seen < other.seen ? 1 : -1));
    if (latest) return { chain: latest };
    const failure = answers.find((one) => one.status === "rejected");
    if (failure) throw failure.reason;
    return { note: "not seen yet: no pod has connected to it" };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { note: error.message };
  }
}

/** Port of the proxy on loopback, for its policy and certificates. */
function debugPort({ args }: InstalledProxy): number {
  const prefix = "--policy-port=";
  return Number(args.find((one) => one.startsWith(prefix))?.slice(prefix.length) ?? 9091);
}

/** Undefined where it is none; a pod is asked, not believed. */
function chainOf(text: string): CertificateChain | undefined {
  const given = parsed(text) as Partial<CertificateChain> | null | undefined;
  if (typeof given?.host !== "string" || typeof given.seen !== "string") return undefined;
  if (!Array.isArray(given.certificates)) return undefined;
  return { host: given.host, seen: given.seen, certificates: given.certificates.filter(isCertificate) };
}

function isCertificate(one: unknown): one is CertificateFacts {
  const { subject, issuer, from = "", until = "" } = (one ?? {}) as Partial<CertificateFacts>;
  return [subject, issuer, from, until].every((text) => typeof text === "string");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
