import { networkInterfaces } from "node:os";
import { isIP } from "node:net";
import { CommandLineError, USAGE } from "./command-line";
import { run } from "./run";
import { realNetwork } from "./upstream/names/real-network";

/** The API server's address, which Kubernetes gives to every container, and this pod's address. */
function ownAddresses(): string[] {
  const pod = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address),
  );
  const apiServer = process.env.KUBERNETES_SERVICE_HOST;
  return [...pod, ...(apiServer !== undefined && isIP(apiServer) !== 0 ? [apiServer] : [])];
}

const asked = new Promise<string>((resolve) => {
  process.once("SIGTERM", resolve);
  process.once("SIGINT", resolve);
});

run(process.argv.slice(2), { network: realNetwork(), own: ownAddresses(), asked }).then(
  () => process.exit(0),
  (error: unknown) => {
    // Pulumi and `kubectl describe` show the last lines of the log.
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `k8s-egress proxy: ${message}\n${error instanceof CommandLineError ? `${USAGE}\n` : ""}`,
      () => process.exit(1),
    );
  },
);
