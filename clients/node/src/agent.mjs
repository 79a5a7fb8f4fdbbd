import dns from "node:dns";
import https from "node:https";
import net from "node:net";
import { checkHostHeader, Egress, EGRESS_PORT } from "./egress.mjs";
import { explained } from "./errors.mjs";

/**
 * An agent for requests by `node:https`, and so for axios, got and ws. They see https://FOO, and so do redirects,
 * cookies and signatures; for mapped hosts the connection is plain TCP to FOO.EGRESS_DOMAIN.
 */
export class EgressAgent extends https.Agent {
  #egress;

  /**
   * @param {https.AgentOptions} [options] as of `https.Agent`; those of TLS serve direct requests
   * @param {Egress} [egress] Default: as the environment says.
   * @throws {EgressConfigError} where a variable is wrong
   */
  constructor(options = { keepAlive: true }, egress = new Egress()) {
    super(options);
    this.#egress = egress;
  }

  /**
   * @param {import("node:http").ClientRequest} request
   * @param {object} options
   */
  addRequest(request, options, ...rest) {
    if (isRightHost(this.#egress, request, options)) super.addRequest(request, options, ...rest);
  }

  createConnection(options, callback) {
    return plainConnection(this.#egress, options) ?? super.createConnection(options, callback);
  }
}

/**
 * Sees to the Host of a mapped request.
 * @returns {boolean} false where the request has failed: its Host is another one
 */
export function isRightHost(egress, request, options) {
  const host = mappedHost(egress, options);
  if (host === undefined) return true;
  try {
    settleHost(request, options, host);
    return true;
  } catch (error) {
    // Without a socket, destroy() alone would wait for one.
    request.onSocket(null, error);
    return false;
  }
}

/** @returns {net.Socket | undefined} undefined where the host is not mapped */
export function plainConnection(egress, options) {
  const host = mappedHost(egress, options);
  if (host === undefined) return undefined;
  const { domain } = egress;
  return net.connect({
    ...tcpOptions(options),
    host: `${host}.${domain}`,
    port: EGRESS_PORT,
    lookup: explaining(options.lookup ?? dns.lookup, host, domain),
  });
}

function mappedHost(egress, { host, hostname, port, socketPath }) {
  return socketPath ? undefined : egress.mapped("https", host ?? hostname ?? "", port);
}

/** Of the request's options what concerns TCP: the others are of TLS or of HTTP. */
function tcpOptions(options) {
  const { family, localAddress, keepAlive, keepAliveInitialDelay, noDelay = true, signal } = options;
  return { family, localAddress, keepAlive, keepAliveInitialDelay, noDelay, signal };
}

/** The look-up's errors become the request's. */
function explaining(lookup, host, domain) {
  return (name, options, callback) =>
    lookup(name, options, (error, ...found) =>
      error ? callback(explained(error, host, domain)) : callback(null, ...found),
    );
}

/** Host in the form that the proxy compares. A list of header fields has been written already: it is only checked. */
function settleHost(request, { headers }, host) {
  if (Array.isArray(headers)) {
    checkHostHeader(host, hostIn(headers.flat()));
    return;
  }
  const header = request.getHeader("host");
  checkHostHeader(host, header === undefined ? undefined : String(header));
  if (header !== undefined && header !== host && !request.headersSent) request.setHeader("Host", host);
}

/** @param {readonly unknown[]} flat names and values in turn */
export function hostIn(flat) {
  const at = flat.findIndex((name, i) => i % 2 === 0 && String(name).toLowerCase() === "host");
  return at < 0 ? undefined : String(flat[at + 1]);
}
