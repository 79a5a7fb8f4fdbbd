import type { LinkPolicy } from "./links";
import type { RelayOptions } from "./relay";

/** What the last stage needs. */
export interface ForwardOptions extends RelayOptions {
  readonly links: LinkPolicy;
}
