import { nameText } from "../cluster/cluster";
import { targetText } from "../../contract/stub-domain/target-ref";
import type { Spec } from "../../contract/stub-domain/spec";
import type { Status } from "./status";

/** Prefix of the annotations that describe the anchor's state, for readers of `kubectl describe configmap`. */
const PREFIX = "k8s-egress/";

/**
 * A status as readable annotations, one line each.
 *
 * @returns `null` removes an annotation
 */
export function inWords(
  { domain, dnsService, target }: Spec,
  { state, message, since, lastProof, warnings, lastError }: Status,
): Record<string, string | null> {
  const words = {
    state: `${state} since ${since}: ${message}`,
    serves: `${domain} from the Service ${nameText(dnsService)}`,
    target: targetText(target),
    "last-proof": lastProof ?? "never",
    warnings: warnings ? warnings.map((warning) => warning.message).join("; ") : null,
    "last-error": lastError ? `${lastError.at}: ${lastError.message}` : null,
  };
  return Object.fromEntries(Object.entries(words).map(([name, text]) => [PREFIX + name, text]));
}
