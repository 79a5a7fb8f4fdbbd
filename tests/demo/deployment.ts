import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster";
import { withoutPulumi } from "../engine/pulumi";
import type { Kubectl } from "../harness/kubernetes";
import { Stack } from "../harness/stack";
import { exampleSettings } from "./settings";

/** The example stack, by whichever means there are. */
export interface Deployment {
  /** By what, for people. */
  readonly by: string;
  /** Deploys; gives the output `urls`. */
  up(): Promise<Record<string, string>>;
  /** @param isLast Whether the cluster is stopped next, so that pods need not be waited for. */
  destroy(isLast: boolean): Promise<void>;
}

/** Unlike any stack of a user's: `pulumi stack init` leaves a file of that name, which goes again. */
const STACK = "k8s-egress-demo";

const root = resolve(__dirname, "../..");

/** By the real engine where `pulumi` is on PATH, otherwise by the tests' harness. */
export function deploymentOf(cluster: Cluster, kubectl: Kubectl): Deployment {
  return withoutPulumi ? byHarness(cluster, kubectl) : byEngine(cluster);
}

/** The example's configuration on the embedded cluster, whose third parties have a CA and addresses of their own. */
function configuration(cluster: Cluster): Record<string, string> {
  return {
    ...exampleSettings(cluster.thirdPartyCa, ["198.51.100.0/24"]),
    repository: `${cluster.registry}/k8s-egress`,
    baseImage: cluster.images.node,
    dnsImage: cluster.images.coredns,
  };
}

function byHarness(cluster: Cluster, kubectl: Kubectl): Deployment {
  const stack = new Stack({ kubectl, dockerHost: cluster.dockerHost }, "k8s-egress");
  return {
    by: "the tests' apply harness (pulumi is not on PATH)",
    up: async () => {
      const { result } = await stack.up(() => {
        for (const [key, value] of Object.entries(configuration(cluster))) {
          pulumi.runtime.setConfig(`k8s-egress:${key}`, value);
        }
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program runs by being loaded
        return require("../../examples/basic/index") as { urls: pulumi.Output<Record<string, string>> };
      });
      return result.urls;
    },
    destroy: (isLast) => stack.destroy({ awaitNamespaces: !isLast }),
  };
}

function byEngine(cluster: Cluster): Deployment {
  const folder = mkdtempSync(join(tmpdir(), "k8s-egress-demo-"));
  const env = {
    ...process.env,
    KUBECONFIG: cluster.kubeconfig,
    DOCKER_HOST: cluster.dockerHost,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "demo",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const settings = [`--stack=${STACK}`, `--config-file=${join(folder, "Pulumi.demo.yaml")}`];
  const pulumi = (...args: string[]) =>
    execFileSync("pulumi", args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
  return {
    by: "the Pulumi engine",
    up: () => {
      pulumi("stack", "init", STACK, "--non-interactive");
      for (const [key, value] of Object.entries(configuration(cluster))) {
        pulumi("config", "set", ...settings, "--", key, value);
      }
      pulumi("up", "--yes", "--skip-preview", "--non-interactive", "--suppress-progress", ...settings);
      const urls = execFileSync("pulumi", ["stack", "output", "urls", "--json", `--stack=${STACK}`], {
        cwd: root,
        env,
      });
      return Promise.resolve(JSON.parse(urls.toString()) as Record<string, string>);
    },
    destroy: () => {
      pulumi("destroy", "--yes", "--skip-preview", "--non-interactive", "--suppress-progress", ...settings);
      rmSync(folder, { recursive: true });
      rmSync(join(root, `Pulumi.${STACK}.yaml`), { force: true });
      return Promise.resolve();
    },
  };
}
