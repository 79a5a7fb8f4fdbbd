import type { Exchange } from "../exchange/exchange";
import type { LinkPolicy } from "./links";
import type { OutwardReferences } from "./outward-references";
import type { Credentials } from "../upstream/credentials";
import type { PipelineOptions } from "./response-pipeline";

/** What the last stage needs. */
export interface ForwardOptions extends PipelineOptions {
  readonly links: LinkPolicy;
  readonly outward: OutwardReferences;
  /**
   * Forwards an upgrade that has been decided on.
   *
   * @param fields flat, as they go out, without Host, Connection and Upgrade
   */
  readonly forwardUpgrade: (exchange: Exchange, fields: readonly string[]) => void;
  /** Third parties' keys, for fields that the policy sets. */
  readonly credentials: Credentials;
}
