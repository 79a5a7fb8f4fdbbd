import type { TapEvent } from "./event";

/** Which requests are shown; every criterion must match. */
export interface TapFilter {
  /** Namespace, or namespace and service account; `none` for requests without a known client. */
  readonly client: string | undefined;
  /** A host, or an entry of the policy such as `*.ingest.sentry.io`. */
  readonly host: string | undefined;
  readonly method: string | undefined;
  /** `404`, or a class: `5xx`. */
  readonly status: string | undefined;
  /** Only requests that the proxy failed, denied or rejected. */
  readonly failed: boolean;
}

/** Whether a request is shown. */
export function matches(event: TapEvent, { client, host, method, status, failed }: TapFilter): boolean {
  const by = event.client ?? "none";
  return (
    (client === undefined || by === client || by.startsWith(`${client}/`)) &&
    (host === undefined || event.host === host || event.upstream === host) &&
    (method === undefined || event.method === method) &&
    (status === undefined || isStatus(event.status, status)) &&
    (!failed || event.failure !== undefined)
  );
}

function isStatus(status: number, wanted: string): boolean {
  return wanted.endsWith("xx")
    ? Math.floor(status / 100) === Number(wanted.slice(0, 1))
    : status === Number(wanted);
}
