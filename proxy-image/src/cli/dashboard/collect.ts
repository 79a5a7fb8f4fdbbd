import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { InvalidPolicyError } from "../../contract/policy/validate";
import { ApiError } from "../../stubdomain/cluster/cluster";
import type { Finding } from "../check/finding";
import { gatherHealth } from "../check/gather";
import type { Api } from "../cluster/api";
import { ClusterError } from "../cluster/cluster-error";
import { scrapeAll, type Scrapes, windowOf } from "../stat/scrape";
import { followEvents } from "../tap/follow-events";
import { Certificates, type ShownCertificates } from "./certificates";
import type { CurrentPolicy } from "./current-policy";
import { Denials } from "./denials";
import { History, WANTED } from "./history";
import type { Known } from "./view";

const SCRAPE_MS = 2_000;
const HEALTH_MS = 15_000;
const POLICY_MS = 10_000;
/** What failed is tried again in much less; a failure that does not repeat for so long is over. */
const NOTE_MS = 60_000;

/** Collects what the dashboard shows, until the process ends. What can't be read becomes a note; it is tried again. */
export class Collector {
  private readonly history = new History();
  private readonly denials: Denials;
  private readonly certificates: Certificates;
  private readonly notes = new Map<string, { message: string; until: number }>();
  private health: readonly Finding[] = [];
  private last: Scrapes | undefined;

  constructor(
    private readonly config: KubeConfig,
    private readonly api: Api,
    private readonly current: CurrentPolicy,
  ) {
    this.denials = new Denials(current.policy);
    this.certificates = new Certificates(api);
  }

  get known(): Known {
    const { policy, proxy } = this.current;
    const { namespace, name } = proxy;
    const note = [...this.notes.values()].find(({ until }) => until > performance.now())?.message;
    return {
      proxy: `${namespace}/${name}`,
      policy,
      history: this.history,
      denials: this.denials.list,
      health: this.health,
      pods: this.last?.pods.size ?? 0,
      note,
    };
  }

  /** Undefined if the policy has no such third party. */
  async certificatesOf(name: string): Promise<ShownCertificates | undefined> {
    const { policy, proxy } = this.current;
    return Object.hasOwn(policy.upstreams, name) ? this.certificates.of(proxy, name) : undefined;
  }

  /** @throws ClusterError if the pods can't be asked at all */
  async start(): Promise<void> {
    this.last = await scrapeAll(this.api, this.current.proxy, WANTED);
    void this.again("metrics", SCRAPE_MS, () => this.scrape());
    void this.again("policy", POLICY_MS, async () => {
      if (await this.current.refresh()) this.denials.judgeBy(this.current.policy);
    });
    void this.again("health", HEALTH_MS, async () => {
      this.health = await gatherHealth({ config: this.config, api: this.api, proxy: this.current.proxy });
    });
    void this.again("log", SCRAPE_MS, () =>
      followEvents(
        this.api,
        this.current.proxy,
        { event: (event) => this.denials.add(event), lost: (message) => this.note("log", message) },
        new AbortController().signal,
      ),
    );
  }

  private async scrape(): Promise<void> {
    const scrapes = await scrapeAll(this.api, this.current.proxy, WANTED);
    if (this.last) this.history.add(windowOf(this.last, scrapes));
    this.last = scrapes;
    for (const failure of scrapes.failures) this.note("pods", failure);
  }

  private note(what: string, message: string): void {
    this.notes.set(what, { message, until: performance.now() + NOTE_MS });
  }

  private async again(what: string, pause: number, task: () => Promise<void>): Promise<never> {
    for (;;) {
      try {
        await task();
        this.notes.delete(what);
      } catch (error) {
        const isTold =
          error instanceof ClusterError || error instanceof ApiError || error instanceof InvalidPolicyError;
        if (!isTold) throw error;
        this.note(what, error.message);
      }
      await sleep(pause);
    }
  }
}
