import type { Network } from "../network";
import { createDnsResolver } from "./resolver";

/** The real network: the pod's DNS servers, and connections to the addresses themselves. */
export function realNetwork(): Network {
  return {
    resolve: createDnsResolver(),
    endpoint: (address, port) => ({ host: address, port }),
  };
}
