/** EGRESS_DOMAIN or EGRESS_HOSTS is wrong: the program must not start. */
export class EgressConfigError extends Error {
  name = "EgressConfigError";
}

/** A request that was not sent, and why. `code` and `cause` are the resolver's, where it has failed. */
export class EgressError extends Error {
  name = "EgressError";

  /**
   * @param {string} message
   * @param {{ code?: string, cause?: unknown }} [options]
   */
  constructor(message, { code, cause } = {}) {
    super(message, { cause });
    if (code !== undefined) this.code = code;
  }
}

/**
 * @param {string} host
 * @param {string} domain
 */
export function unresolvedText(host, domain) {
  return (
    `${host}.${domain} does not resolve, so the request to https://${host} was not sent. ` +
    `EGRESS_DOMAIN is "${domain}", which resolves inside the cluster only, and only for hosts in the ` +
    `EgressProxy's upstreams. Outside the cluster unset EGRESS_DOMAIN; inside, add "${host}" to the upstreams, ` +
    `or leave it out of EGRESS_HOSTS.`
  );
}

/**
 * @param {string} host
 * @param {string} header
 */
export function otherHostText(host, header) {
  return (
    `The request to https://${host} has the header field "Host: ${header}". The egress proxy chooses the ` +
    `upstream by Host, so the request was not sent; leave Host out, or make it "${host}".`
  );
}

/**
 * What a failed connection to the egress proxy means, in the application's terms.
 * EAI_AGAIN is what a machine without the cluster's DNS, or without any, may say instead of ENOTFOUND.
 * @param {Error & { code?: string }} error
 * @param {string} host
 * @param {string} domain
 */
export function explained(error, host, domain) {
  if (error.code !== "ENOTFOUND" && error.code !== "EAI_AGAIN") return error;
  return new EgressError(unresolvedText(host, domain), { code: error.code, cause: error });
}
