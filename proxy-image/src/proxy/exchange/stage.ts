import type { Exchange } from "./exchange";

/** Makes one decision about an exchange. @returns false if it has ended the exchange; true: the next stage decides */
export type Stage = (exchange: Exchange) => boolean;
