import type { Exchange } from "./exchange";

/** Decides one thing about an exchange. @returns false when it has ended it; true: the next stage decides */
export type Stage = (exchange: Exchange) => boolean;
