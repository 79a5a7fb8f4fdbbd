import type { Network } from "../network";
import { createDnsResolver } from "./resolver";

/** The world outside as it is: the pod's DNS servers, and every address itself. */
export function realNetwork(): Network {
  return {
    resolve: createDnsResolver(),
    endpoint: (address, port) => ({ host: address, port }),
  };
}
