import type { AppPod } from "../../e2e/support/pod";

/** What became of a call that does not take the egress proxy: a status, or the connection's error. */
export type Outcome = number | string;

/** How a call differs from the usual. */
export interface DirectOptions {
  /** Default: 443. */
  readonly port?: number;
  /** Whether the certificate must be for the host. Default: true. */
  readonly verify?: boolean;
}

/** Calls `https://host` at an address, as an application would that does not know of the egress proxy. */
export async function callDirectly(
  client: AppPod,
  host: string,
  address: string,
  { port = 443, verify = true }: DirectOptions = {},
): Promise<Outcome> {
  return client.run<Outcome>(HTTPS, host, address, port, verify);
}

/** Only connects, which needs nobody who speaks TLS. "connected", or the error's code. */
export async function connects(client: AppPod, host: string, port: number): Promise<string> {
  return client.run<string>(CONNECT, host, port);
}

const HTTPS = `
  import https from "node:https";
  const [host, address, port, rejectUnauthorized] = args;
  const done = (outcome) => { console.log(JSON.stringify(outcome)); process.exit(); };
  const options = { host: address, port, servername: host, headers: { host }, agent: false, rejectUnauthorized };
  const request = https.get(options, (response) => response.resume().on("end", () => done(response.statusCode)));
  request.on("error", (error) => done(error.code ?? error.message));
  setTimeout(() => done("timeout"), 8000);`;

const CONNECT = `
  import net from "node:net";
  const [host, port] = args;
  const done = (outcome) => { console.log(JSON.stringify(outcome)); process.exit(); };
  net.connect({ host, port }).on("connect", () => done("connected")).on("error", ({ code }) => done(code));
  setTimeout(() => done("timeout"), 4000);`;
