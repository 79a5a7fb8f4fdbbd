import { runDocker } from "../../harness/image";
import { type Kubectl, kubectlFor } from "../../harness/kubernetes";
import { findLinkerd } from "./linkerd";
import type { Findings } from "./missing";
import type { Images, Target } from "./target";

/** Looks at the cluster and at Docker; changes nothing. */
export async function findOut({ kubectl: program, kubeconfig, images }: Target): Promise<Findings> {
  const kubectl = kubectlFor(program, kubeconfig);
  const apiServerError = await kubectl(["get", "--raw", "/readyz", "--request-timeout=10s"]).then(
    () => undefined,
    lastLine,
  );
  if (apiServerError !== undefined) return { apiServerError, crds: {}, mayCreateNamespaces: false, images };
  const [crds, injector, allowed] = await Promise.all([
    servedKinds(kubectl),
    injectorOf(kubectl),
    kubectl(["auth", "can-i", "create", "namespaces"]).then(
      () => true,
      () => false,
    ),
  ]);
  return { crds, injector, mayCreateNamespaces: allowed, images, dockerError: dockerError(images) };
}

async function servedKinds(kubectl: Kubectl): Promise<Findings["crds"]> {
  const line = `{.metadata.name}{" "}{.spec.versions[?(@.served==true)].name}{"\\n"}`;
  const text = await kubectl(["get", "crds", "-o", `jsonpath={range .items[*]}${line}{end}`]);
  const lines = text.trim().split("\n");
  return Object.fromEntries(
    lines.map((one) => {
      const [name = "", ...versions] = one.split(" ");
      return [name, versions];
    }),
  );
}

async function injectorOf(kubectl: Kubectl): Promise<Findings["injector"]> {
  const linkerd = await findLinkerd(kubectl);
  if (!linkerd) return undefined;
  const { namespace } = linkerd;
  const deployment = ["get", "deployment", "linkerd-proxy-injector", "-n", namespace, "--ignore-not-found"];
  const ready = await kubectl([...deployment, "-o", "jsonpath={.status.readyReplicas}"]);
  return { namespace, ready: Number(ready) };
}

function dockerError({ proxy, repository, dockerHost }: Images): string | undefined {
  if (proxy || !repository) return undefined;
  try {
    runDocker(["version", "--format", "{{.Server.Version}}"], dockerHost);
    return undefined;
  } catch (error) {
    return lastLine(error);
  }
}

function lastLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n").at(-1)!;
}
