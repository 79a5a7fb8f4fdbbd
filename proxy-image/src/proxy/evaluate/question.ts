import type { Policy } from "../../contract/policy/policy";
import type { Judged } from "../authorise/decision";
import { RequestHead } from "../message/request-head";

/** A request that is asked about. */
export interface Question {
  /** Undefined: a client that the mesh does not identify. */
  readonly client: { readonly namespace: string; readonly serviceAccount: string } | undefined;
  readonly method: string;
  /**
   * Of the third party (`https://api.stripe.com/v1/charges`) or in the cluster
   * (`http://api.stripe.com.egress.local/...`); `wss:` or `ws:` for WebSocket.
   */
  readonly url: string;
}

/** The text can't be a URL of a third party. */
export class InvalidUrlError extends Error {
  override readonly name = "InvalidUrlError";
}

/**
 * Not the URL class: it removes dot segments and backslashes, and the proxy judges the path that the client sends.
 */
const URL_FORM = /^(https?|wss?):\/\/([^/?#]+)((?:[/?][^#]*)?)$/i;
const HANDSHAKE = [
  ...["Connection", "Upgrade", "Upgrade", "websocket"],
  ...["Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="],
];
const SIDECAR = { remoteAddress: "127.0.0.1", localAddress: "127.0.0.1", remotePort: undefined };

/** A question as the proxy would receive it. */
export interface AskedRequest {
  readonly request: Judged;
  /** Undefined if the URL names none. */
  readonly port: number | undefined;
}

/** @throws InvalidUrlError */
export function requestFor({ mesh }: Policy, { client, method, url }: Question): AskedRequest {
  const [, scheme, authority, rest] = URL_FORM.exec(url) ?? [];
  if (scheme === undefined || authority === undefined) {
    throw new InvalidUrlError(
      `${JSON.stringify(url)} is no URL of a third party, such as "https://api.stripe.com/v1/charges", without fragment`,
    );
  }
  const isWebSocket = scheme.toLowerCase().startsWith("ws");
  const isOutside = /^(?:https|wss)$/i.test(scheme);
  const [host = "", port] = isOutside ? authority.split(/:(?=\d+$)/) : [authority];
  const target = rest?.startsWith("/") ? rest : `/${rest ?? ""}`;
  const fields = ["Host", host, ...(isWebSocket ? HANDSHAKE : [])];
  if (client && mesh) {
    fields.push("l5d-client-id", `${client.serviceAccount}.${client.namespace}.${mesh.identitySuffix}`);
  }
  return {
    request: {
      head: new RequestHead(method, target, "1.1", fields),
      client: undefined,
      destination: undefined,
      stream: { peer: SIDECAR, switched: isWebSocket ? {} : undefined },
    },
    port: port === undefined ? undefined : Number(port),
  };
}
