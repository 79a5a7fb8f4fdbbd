import { STATUS_ANNOTATION } from "../../contract/stub-domain/anchor";
import type { ConfigMap } from "../cluster/cluster";

/**
 * - `installing`: written, the proof is awaited;
 * - `serving`: proven;
 * - `degraded`: installed, but not as it should be, or not answering;
 * - `failed`: the installation was taken back;
 * - `leaving`: removed, but some server of the cluster's DNS has not noticed yet;
 * - `blocked`: to be removed, but that needs a hand.
 */
export type State = "installing" | "serving" | "degraded" | "failed" | "leaving" | "blocked";

export const STATES: readonly State[] = ["installing", "serving", "degraded", "failed", "leaving", "blocked"];

/** What was seen last, on the anchor, for people and for the back-off after a failure. */
export interface Status {
  state: State;
  message: string;
  specHash: string;
  /** When this state began. */
  since: string;
  /** When the cluster's DNS was last seen to serve; while it does, some minutes old at most. */
  lastProof?: string;
  /** What was last in the way, also when it is over. */
  lastError?: { at: string; message: string };
  /** Installations of this specification that failed in a row. */
  failures?: number;
  /** Before this time a failed installation is not tried again. */
  retryAt?: string;
}

/** The status on an anchor; undefined when there is none, or it is not understood. */
export function readStatus(anchor: ConfigMap): Status | undefined {
  try {
    const value = JSON.parse(
      anchor.metadata.annotations?.[STATUS_ANNOTATION] ?? "",
    ) as Partial<Status> | null;
    const { state, message, specHash, since } = value ?? {};
    if (!state || !STATES.includes(state)) return undefined;
    if (typeof message !== "string" || typeof specHash !== "string" || typeof since !== "string")
      return undefined;
    return value as Status;
  } catch {
    return undefined;
  }
}

/** First pause after a failed installation; each further failure doubles it. */
const FIRST_RETRY_MS = 5 * 60_000;
const LAST_RETRY_MS = 60 * 60_000;

/**
 * The status after a failed installation. A container that exits is started again at once: without a pause on
 * record each start would write to the cluster's DNS. Another specification is tried at once.
 */
export function failedStatus(
  previous: Status | undefined,
  specHash: string,
  message: string,
  now: Date,
): Status {
  const failures = previous?.specHash === specHash ? (previous.failures ?? 0) + 1 : 1;
  const pause = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
  const retryAt = new Date(now.getTime() + pause).toISOString();
  const since = now.toISOString();
  const lastError = { at: since, message };
  const lastProof = previous?.lastProof === undefined ? {} : { lastProof: previous.lastProof };
  return { state: "failed", message, specHash, since, ...lastProof, lastError, failures, retryAt };
}

/** Whether an installation of this specification has failed and must not be tried again yet. */
export function isHeldBack(status: Status | undefined, specHash: string, now: Date): boolean {
  if (status?.state !== "failed" || status.specHash !== specHash) return false;
  const retryAt = Date.parse(status.retryAt ?? "");
  return now.getTime() < retryAt;
}
