import { Agent, buildConnector, Dispatcher } from "undici";
import { hostIn } from "./agent.mjs";
import { checkHostHeader, Egress, EGRESS_PORT } from "./egress.mjs";
import { explained } from "./errors.mjs";

/**
 * A dispatcher for undici and for fetch. They see https://FOO; for mapped hosts the connection is plain TCP to
 * FOO.EGRESS_DOMAIN, everything else goes to the dispatcher `direct`.
 */
export class EgressDispatcher extends Dispatcher {
  #egress;
  #direct;
  #ownsDirect;
  #plain;

  /**
   * @param {{ direct?: Dispatcher, egress?: Egress }} [options] Defaults: a new Agent, which is closed with this
   * dispatcher; as the environment says.
   * @throws {EgressConfigError} where a variable is wrong
   */
  constructor({ direct, egress = new Egress() } = {}) {
    super();
    this.#egress = egress;
    this.#ownsDirect = direct === undefined;
    this.#direct = direct ?? new Agent();
    this.#plain = new Agent({ connect: connectorTo(egress.domain) });
  }

  dispatch(options, handler) {
    const host = this.#mapped(options.origin);
    if (host === undefined) return this.#direct.dispatch(options, handler);
    checkHostHeader(host, hostHeader(options.headers));
    return this.#plain.dispatch(
      { ...options, origin: `http://${host}`, headers: withoutHost(options.headers) },
      handler,
    );
  }

  close(callback) {
    return settle(callback, this.#owned, (dispatcher) => dispatcher.close());
  }

  destroy(error, callback) {
    const done = typeof error === "function" ? error : callback;
    const reason = typeof error === "function" ? null : (error ?? null);
    return settle(done, this.#owned, (dispatcher) => dispatcher.destroy(reason));
  }

  get #owned() {
    return this.#ownsDirect ? [this.#plain, this.#direct] : [this.#plain];
  }

  #mapped(origin) {
    if (origin === undefined || origin === null) return undefined;
    const { protocol, hostname, port } = new URL(origin);
    return this.#egress.mapped(protocol, hostname, port);
  }
}

/** Its origin is http://FOO, so undici writes `Host: FOO`; where it connects to is decided here alone. */
function connectorTo(domain) {
  const connect = buildConnector({});
  return (options, callback) => {
    const host = options.hostname;
    const name = `${host}.${domain}`;
    const target = { ...options, protocol: "http:", host: name, hostname: name, port: String(EGRESS_PORT) };
    connect(target, (error, socket) => {
      if (error) callback(explained(error, host, domain), null);
      else callback(null, socket);
    });
  };
}

function settle(callback, dispatchers, end) {
  const all = Promise.all(dispatchers.map(end)).then(() => undefined);
  if (typeof callback !== "function") return all;
  all.then(callback, callback);
  return undefined;
}

function hostHeader(headers) {
  return headers ? hostIn(pairsOf(headers).flat()) : undefined;
}

/** undici writes Host by the origin, in the form that the proxy compares. */
function withoutHost(headers) {
  if (!headers || hostHeader(headers) === undefined) return headers;
  return pairsOf(headers)
    .filter(([name]) => String(name).toLowerCase() !== "host")
    .flat();
}

/** The forms that undici takes: names and values in turn, an iterable of pairs, an object. */
function pairsOf(headers) {
  if (Array.isArray(headers)) {
    return headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]]] : []));
  }
  return typeof headers[Symbol.iterator] === "function" ? [...headers] : Object.entries(headers);
}
