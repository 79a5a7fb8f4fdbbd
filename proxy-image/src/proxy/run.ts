import { once } from "node:events";
import type { Server } from "node:net";
import { loadPolicy } from "../contract/policy/load";
import { CommandLineError, parseCommandLine } from "./command-line";
import { createProxy } from "./create-proxy";
import { SIDECAR_PATIENCE, type SidecarPatience, awaitSidecar, sidecarReady } from "./mesh/sidecar";
import { createLog } from "./log";
import type { Network } from "./upstream/network";

/** What the process gets from its environment. Tests supply their own; no command-line option changes it. */
export interface Surroundings {
  readonly network: Network;
  /** Addresses that no upstream may have. */
  readonly own: readonly string[];
  readonly sidecarPatience?: SidecarPatience;
  /** Resolves when the process is asked to end. */
  readonly asked: Promise<string>;
}

/**
 * The proxy's process, from its command line to its end.
 *
 * @throws CommandLineError, PolicyFileError, InvalidPolicyError, AmbiguousNameError, CredentialError,
 * SidecarMissingError
 */
export async function run(args: string[], surroundings: Surroundings): Promise<void> {
  const options = parseCommandLine(args);
  const policy = loadPolicy(options.policy, options.policySha256);
  if ((options.mesh === "none") !== (policy.mesh === undefined)) {
    const right = policy.mesh
      ? "required or optional, because the policy says how the mesh names clients"
      : "none, because the policy does not say how the mesh names clients";
    throw new CommandLineError(`--mesh must be ${right}; is ${JSON.stringify(options.mesh)}`);
  }
  const log = createLog(options.logLevel);
  // A program text of its own: without tracing it costs neither memory nor time to start.
  const tracing = policy.tracing && (await import("./trace/tracing.js"));
  const proxy = createProxy({
    policy,
    mesh: options.mesh,
    network: surroundings.network,
    own: surroundings.own,
    ownService: options.ownService,
    credentials: options.credentials,
    logPercent: options.logPercent,
    createTracing: tracing?.createTracing,
    log,
  });

  try {
    // Live but not ready until the sidecar is: the kubelet must not restart the container meanwhile.
    await listen(proxy.admin, options.adminPort);
    await listen(proxy.debug, options.policyPort, "127.0.0.1");
    const patience = surroundings.sidecarPatience ?? SIDECAR_PATIENCE;
    await awaitSidecar(options.mesh, log, sidecarReady(options.sidecarPort), patience);
    await listen(proxy.data, options.port);
    log.info(
      {
        policy: options.policySha256,
        upstreams: Object.keys(policy.upstreams).length,
        port: options.port,
        mesh: options.mesh,
      },
      "serving",
    );

    const reason = await surroundings.asked;
    log.info({ reason, limitMs: options.drain }, "draining");
    const cut = await proxy.drain(options.drain);
    if (cut > 0) log.warn({ cut }, "requests were still in flight at the end of the drain");
  } finally {
    proxy.destroy();
    for (const server of [proxy.admin, proxy.debug]) {
      server.close();
      server.closeAllConnections();
    }
  }
  log.info("ended");
}

async function listen(server: Server, port: number, host?: string): Promise<void> {
  server.listen(port, host);
  await once(server, "listening");
}
