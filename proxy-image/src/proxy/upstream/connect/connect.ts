import type { TLSSocket } from "node:tls";
import { classify } from "../../errors/classify";
import {
  FailureError,
  certificateInvalid,
  connectionTimeout,
  destinationProhibited,
} from "../../errors/failures";
import type { ConnectPhases } from "../../message/upstream-stream";
import { ReadBuffer } from "../../http1/upstream/read-buffer";
import type { Translators } from "../names/translators";
import type { Network } from "../network";
import { type AddressHealth, spread } from "./address-health";
import { type ConnectTarget, attempt } from "./attempt";
import { RaceError, race } from "./race";

/** Addresses that are tried for one connection. */
const MOST_ATTEMPTS = 64;

/** The parts of the network that connecting needs. */
export interface Surroundings {
  readonly resolve: (name: string) => Promise<readonly string[]>;
  readonly translators: Translators;
  readonly endpoint: Network["endpoint"];
  readonly health: AddressHealth;
}

/** A verified connection. */
export interface Connected {
  readonly socket: TLSSocket;
  /** The buffer of its bytes; undefined if it is a stream to read from. */
  readonly readBuffer: ReadBuffer | undefined;
  readonly address: string;
  readonly phases: ConnectPhases;
}

/**
 * Connects to a third party: resolves its name, checks every address, tries only permitted ones until one accepts (RFC
 * 8305), and verifies the certificate.
 *
 * @param buffered whether the socket's bytes are read into a buffer
 * @param signal ends it early, with the signal's reason: the connection is not needed any more
 * @throws FailureError
 */
export async function connect(
  target: ConnectTarget,
  { resolve, translators, endpoint, health }: Surroundings,
  buffered: boolean,
  signal?: AbortSignal,
): Promise<Connected> {
  const deadline = performance.now() + target.timeout;
  const addresses = await withDeadline(resolve(`${target.host}.`), deadline);
  const resolved = performance.now();
  const prefixes = await translators(addresses);
  const permitted = addresses.filter((address) => target.permits(address, prefixes));
  if (permitted.length === 0) throw new FailureError(destinationProhibited);
  const order = health.order(spread(permitted, target.begun++)).slice(0, MOST_ATTEMPTS);
  try {
    return await race(
      order,
      async (address, ended) => {
        const left = deadline - performance.now();
        if (left <= 0) throw new FailureError(connectionTimeout);
        // One buffer for each attempt: bytes from a slower one must not be taken for the winner's.
        const readBuffer = buffered ? new ReadBuffer() : undefined;
        const to = endpoint(address, target.port);
        const { socket, connected } = await attempt(target, to, left, readBuffer, ended);
        const phases = { resolved, connected, secured: performance.now() };
        return { socket, readBuffer, address, phases };
      },
      ({ socket }) => socket.destroy(),
      health,
      signal,
    );
  } catch (error) {
    throw error instanceof RaceError ? reasonOf(error.errors) : error;
  }
}

/** The most informative of several failures: a certificate that a server has presented; otherwise the last. */
function reasonOf(errors: readonly unknown[]): FailureError {
  const error = errors.find((one) => classify(one) === certificateInvalid) ?? errors.at(-1);
  return error instanceof FailureError
    ? error
    : new FailureError(classify(error), undefined, { cause: error });
}

/**
 * The deadline includes resolving: a DNS server that does not respond must not hold a request longer than a third
 * party.
 */
function withDeadline<T>(promise: Promise<T>, deadline: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new FailureError(connectionTimeout, "Its name was not resolved in time.")),
      Math.max(1, deadline - performance.now()),
    );
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
