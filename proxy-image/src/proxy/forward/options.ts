import type { LinkPolicy } from "./links";
import type { Credentials } from "../upstream/credentials";
import type { RelayOptions } from "./response-pipeline";

/** What the last stage needs. */
export interface ForwardOptions extends RelayOptions {
  readonly links: LinkPolicy;
  /** Third parties' keys, for fields that the policy sets. */
  readonly credentials: Credentials;
}
