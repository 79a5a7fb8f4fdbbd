import {
  type Failure,
  clientUnknown,
  conflictingHost,
  malformedHost,
  sidecarBypassed,
  upgradeDenied,
} from "../errors/failures";
import type { Exchange } from "../exchange/exchange";
import type { Peer } from "../message/client-stream";
import { isFromOwnSidecar } from "../mesh/own-sidecar";
import { PerRoute } from "../route/per-route";
import type { Destination } from "../route/route";
import type { Routes } from "../route/routes";
import type { Unlisted } from "./audit";
import type { Clients } from "./clients";
import { compileRules } from "./rules";

/** The part of an exchange that the policy decides about. The decision sets client and destination. */
export interface Judged extends Pick<Exchange, "head" | "client" | "destination"> {
  readonly stream: {
    readonly peer: Peer;
    /** Present if the request asks for another protocol. */
    readonly switched: object | undefined;
  };
}

/** Decides about a request that was not rejected. @returns undefined: it is allowed */
export type Decision = (request: Judged) => Failure | undefined;

/** Whether two names mean one third party. */
function isSame(one: ReturnType<Routes["find"]>, other: Destination | undefined): boolean {
  return typeof one === "object" && one.route === other?.route && one.host === other.host;
}

/** Compiles the policy's decision, for requests and for questions about them. */
export function createDecision(routes: Routes, unlisted: Unlisted, clients: Clients): Decision {
  const rules = new PerRoute(({ upstream }) => compileRules(upstream));
  return (request) => {
    const { fields, method, target, host = "", otherHost } = request.head;
    const { peer } = request.stream;
    const client = clients.of(peer, fields);
    request.client = client;
    // First of all, so that an unknown client learns nothing about the policy.
    if (!client && clients.required) return isFromOwnSidecar(peer) ? clientUnknown : sidecarBypassed;
    // The request has exactly one Host: the first stage has checked that.
    let destination = routes.find(host);
    if (destination === "malformed") return malformedHost;
    if (otherHost !== undefined && !isSame(routes.find(otherHost), destination)) return conflictingHost;
    if (destination === undefined) {
      const audited = unlisted(host, client);
      if (!("route" in audited)) return audited;
      destination = audited;
    }
    request.destination = destination;
    if (request.stream.switched && !destination.route.upstream.websockets) return upgradeDenied;
    return rules.of(destination.route)(client, { method, target, rawHeaders: fields });
  };
}
