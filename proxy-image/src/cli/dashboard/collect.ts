import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Policy } from "../../contract/policy/policy";
import { ApiError } from "../../stubdomain/cluster/cluster";
import type { Finding } from "../check/finding";
import { gatherHealth } from "../check/gather";
import type { Api } from "../cluster/api";
import { ClusterError } from "../cluster/cluster-error";
import type { InstalledProxy } from "../cluster/egress-proxies";
import { scrapeAll, type Scrapes, windowOf } from "../stat/scrape";
import { followEvents } from "../tap/follow-events";
import { Denials } from "./denials";
import { History, WANTED } from "./history";
import type { Known } from "./view";

const SCRAPE_MS = 2_000;
const HEALTH_MS = 15_000;
/** What failed is tried again in much less; a failure that does not repeat for so long is over. */
const NOTE_MS = 60_000;

/** Collects what the dashboard shows, until the process ends. What can't be read becomes a note; it is tried again. */
export class Collector {
  private readonly history = new History();
  private readonly denials: Denials;
  private readonly notes = new Map<string, { message: string; until: number }>();
  private health: readonly Finding[] = [];
  private last: Scrapes | undefined;

  constructor(
    private readonly config: KubeConfig,
    private readonly api: Api,
    private readonly proxy: InstalledProxy,
    private readonly policy: Policy,
  ) {
    this.denials = new Denials(policy);
  }

  get known(): Known {
    const { namespace, name } = this.proxy;
    const note = [...this.notes.values()].find(({ until }) => until > performance.now())?.message;
    return {
      proxy: `${namespace}/${name}`,
      policy: this.policy,
      history: this.history,
      denials: this.denials.list,
      health: this.health,
      pods: this.last?.pods.size ?? 0,
      note,
    };
  }

  /** @throws ClusterError if the pods can't be asked at all */
  async start(): Promise<void> {
    this.last = await scrapeAll(this.api, this.proxy, WANTED);
    void this.again("metrics", SCRAPE_MS, () => this.scrape());
    void this.again("health", HEALTH_MS, async () => {
      this.health = await gatherHealth({ config: this.config, api: this.api, proxy: this.proxy });
    });
    void this.again("log", SCRAPE_MS, () =>
      followEvents(
        this.api,
        this.proxy,
        { event: (event) => this.denials.add(event), lost: (message) => this.note("log", message) },
        new AbortController().signal,
      ),
    );
  }

  private async scrape(): Promise<void> {
    const scrapes = await scrapeAll(this.api, this.proxy, WANTED);
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
        if (!(error instanceof ClusterError || error instanceof ApiError)) throw error;
        this.note(what, error.message);
      }
      await sleep(pause);
    }
  }
}
