export { Egress } from "./egress.mjs";
export { EgressAgent } from "./agent.mjs";
export { EgressDispatcher } from "./dispatcher.mjs";
export { EgressConfigError, EgressError } from "./errors.mjs";
export { install } from "./install.mjs";
