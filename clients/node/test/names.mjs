// In the place of the cluster's DNS: names below egress.local resolve to loopback, and their port 80 leads to the
// server of the tests. The code under test asks for the real names and the real port. Preloaded into programs too,
// which TEST_UPSTREAMS and TEST_PROXY_PORT tell what `point` tells here.
import dns from "node:dns";
import net from "node:net";
import process from "node:process";
import tls from "node:tls";

export const DOMAIN = "egress.local";

/** Every connection asked for by name, as host:port; whatever is in the clear must be below the domain. */
export const connections = [];

let upstreams = (process.env.TEST_UPSTREAMS ?? "").split(",");
let proxyPort = Number(process.env.TEST_PROXY_PORT ?? 0);

/** From now on these upstreams resolve, and lead to this port. */
export function point(hosts, port) {
  upstreams = hosts;
  proxyPort = port;
  connections.length = 0;
}

const realConnect = net.connect;
net.connect = net.createConnection = (...args) => {
  const options = args[0];
  if (typeof options !== "object" || options.host === undefined) return realConnect(...args);
  connections.push(`${options.host}:${options.port}`);
  const toProxy = String(options.host).endsWith(`.${DOMAIN}`) && Number(options.port) === 80;
  return toProxy ? realConnect({ ...options, port: proxyPort }, ...args.slice(1)) : realConnect(...args);
};

const realTlsConnect = tls.connect;
tls.connect = (...args) => {
  connections.push(`tls ${args[0].host}:${args[0].port}`);
  return realTlsConnect(...args);
};

const realLookup = dns.lookup;
dns.lookup = (name, options, callback) => {
  if (name === "localhost" || net.isIP(name)) return realLookup(name, options, callback);
  const known = name.endsWith(`.${DOMAIN}`) && upstreams.includes(name.slice(0, -DOMAIN.length - 1));
  if (!known) {
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
      code: "ENOTFOUND",
      hostname: name,
    });
    return process.nextTick(callback, error);
  }
  const address = "127.0.0.1";
  return options.all
    ? process.nextTick(callback, null, [{ address, family: 4 }])
    : process.nextTick(callback, null, address, 4);
};
