import type { Exchange } from "../exchange/exchange";
import type { LinkPolicy } from "./links";
import type { OutwardReferences } from "./outward-references";
import type { Credentials } from "../upstream/credentials";
import type { PipelineOptions } from "./response-pipeline";

/** Options of the last stage. */
export interface ForwardOptions extends PipelineOptions {
  readonly links: LinkPolicy;
  readonly outward: OutwardReferences;
  /**
   * Forwards an upgrade that all stages have admitted.
   *
   * @param fields flat, as they are sent, without Host, Connection and Upgrade
   */
  readonly forwardUpgrade: (exchange: Exchange, fields: readonly string[]) => void;
  /** Third parties' keys, for fields that the policy sets. */
  readonly credentials: Credentials;
}
