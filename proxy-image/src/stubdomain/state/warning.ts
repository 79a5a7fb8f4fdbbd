/** Something beside the stub domain with which it will fail, or fails for some pods, though it serves now. */
export interface Warning {
  reason: WarningReason;
  message: string;
}

/**
 * Reasons, which are also those of the events:
 *
 * - `ClusterDnsStale`: a process of the cluster's DNS runs with an older configuration than its file;
 * - `NodeLocalDnsAdded`: pods query a cache that does not know the domain.
 */
export const WARNING_REASONS = ["ClusterDnsStale", "NodeLocalDnsAdded"] as const;
export type WarningReason = (typeof WARNING_REASONS)[number];

/** The warnings of this list that another one does not have. */
export function newWarnings(warnings: readonly Warning[], before: readonly Warning[] = []): Warning[] {
  return warnings.filter(
    (one) => !before.some(({ reason, message }) => reason === one.reason && message === one.message),
  );
}

/** Whether a value from an annotation is a list of warnings. */
export function isWarnings(value: unknown): value is Warning[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: Partial<Warning> | null) =>
        WARNING_REASONS.some((reason) => reason === one?.reason) && typeof one?.message === "string",
    )
  );
}
