import { STATUS_ANNOTATION } from "../../contract/stub-domain/anchor";
import type { ConfigMap } from "../cluster/cluster";
import { isWarnings, type Warning } from "./warning";

/**
 * States:
 * - `installing`: written, the proof is pending;
 * - `serving`: proven;
 * - `degraded`: installed, but not as intended, or not answering;
 * - `failed`: the installation was removed again;
 * - `leaving`: removed, but some server of the cluster's DNS has not applied that yet;
 * - `blocked`: the removal needs manual work.
 */
export type State = "installing" | "serving" | "degraded" | "failed" | "leaving" | "blocked";

export const STATES: readonly State[] = ["installing", "serving", "degraded", "failed", "leaving", "blocked"];

/** The last observation, on the anchor, for people and for the back-off after a failure. */
export interface Status {
  state: State;
  message: string;
  specHash: string;
  /** When this state began. */
  since: string;
  /** When the cluster's DNS was last proven to serve; while it serves, at most some minutes old. */
  lastProof?: string;
  /** Found beside a stub domain that serves. */
  warnings?: Warning[];
  /** The last error, even if it is over. */
  lastError?: { at: string; message: string };
  /** Installations of this specification that failed in a row. */
  failures?: number;
  /** A failed installation is not tried again before this time. */
  retryAt?: string;
  /**
   * The failure was that processes of the cluster's DNS did not load the file: time alone does not help. The
   * installation is tried again when this fingerprint of configuration and processes changes; empty until it is known.
   */
  heldFor?: string;
}

/** The status on an anchor; undefined if there is none, or it can't be parsed. */
export function readStatus(anchor: ConfigMap): Status | undefined {
  try {
    const value = JSON.parse(
      anchor.metadata.annotations?.[STATUS_ANNOTATION] ?? "",
    ) as Partial<Status> | null;
    const { state, message, specHash, since } = value ?? {};
    if (!state || !STATES.includes(state)) return undefined;
    if (typeof message !== "string" || typeof specHash !== "string" || typeof since !== "string")
      return undefined;
    const { warnings, ...rest } = value as Status;
    return isWarnings(warnings) ? { ...rest, warnings } : rest;
  } catch {
    return undefined;
  }
}

/** First pause after a failed installation; doubled by each further failure. */
const FIRST_RETRY_MS = 5 * 60_000;
const LAST_RETRY_MS = 60 * 60_000;

/**
 * The status after a failed installation. Kubernetes restarts a container that exits at once: without a recorded pause
 * each start would write to the cluster's DNS. Another specification is tried at once.
 */
export function failedStatus(
  previous: Status | undefined,
  specHash: string,
  message: string,
  now: Date,
  isUnloaded = false,
): Status {
  const failures = previous?.specHash === specHash ? (previous.failures ?? 0) + 1 : 1;
  const pause = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
  const retryAt = new Date(now.getTime() + pause).toISOString();
  const since = now.toISOString();
  const lastError = { at: since, message };
  const lastProof = previous?.lastProof === undefined ? {} : { lastProof: previous.lastProof };
  return {
    state: "failed",
    message,
    specHash,
    since,
    ...lastProof,
    lastError,
    failures,
    retryAt,
    ...(isUnloaded ? { heldFor: "" } : {}),
  };
}

/**
 * Whether an installation of this specification has failed and must not be tried again yet.
 *
 * @param fingerprint of configuration and processes; only needed for a status with {@link Status.heldFor}
 */
export function isHeldBack(
  status: Status | undefined,
  specHash: string,
  now: Date,
  fingerprint: string | undefined,
): boolean {
  if (status?.state !== "failed" || status.specHash !== specHash) return false;
  if (status.heldFor !== undefined && status.heldFor !== "") return status.heldFor === fingerprint;
  const retryAt = Date.parse(status.retryAt ?? "");
  return now.getTime() < retryAt;
}
