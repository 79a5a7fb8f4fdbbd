import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { programOf } from "../../../proxy-image/program.mjs";
import {
  ANCHOR_LABEL,
  ANCHOR_LABEL_VALUE,
  APPLIED_ANNOTATION,
} from "../../../proxy-image/src/contract/stub-domain/anchor";
import { PROBE_LABEL } from "../../../proxy-image/src/contract/stub-domain/probe";
import type { Spec } from "../../../proxy-image/src/contract/stub-domain/spec";
import type { TargetRef } from "../../../proxy-image/src/contract/stub-domain/target-ref";
import { nameText } from "../../../proxy-image/src/stubdomain/cluster/cluster";
import { apply, kubectl, type Cluster } from "../../cluster";
import { roles } from "../../stubdomain/real-scene";

/** Unpacks the controller, which is too large for a ConfigMap as it is, and becomes it. */
const START = `
  const { readFileSync, writeFileSync } = require("node:fs");
  const code = require("node:zlib").gunzipSync(readFileSync("/code/stub-domain.js.gz"));
  writeFileSync("/tmp/stub-domain.js", code);
  process.argv.splice(1, 0, "/tmp/stub-domain.js");
  require("/tmp/stub-domain.js");
`;

/** What a controller is started for. */
export interface Task {
  domain: string;
  target: TargetRef;
  /** Whether the domain's DNS server has a pod. Default: true. */
  dnsServes?: boolean;
  /** Seconds. Default: 240. */
  proofTimeout?: number;
  /** The Service of the cluster's DNS, if its label does not show it. */
  clusterDnsService?: string;
  /** What the controller's pod queries. Default: the cluster's DNS. */
  resolver?: { nameservers: string[]; searches: string[] };
}

/** The stub domain's controller in a real cluster, and the DNS server that it forwards to. */
export class ControllerScene {
  private constructor(
    private readonly cluster: Cluster,
    readonly spec: Spec,
    readonly namespaces: readonly string[],
  ) {}

  /** Makes namespaces, a DNS server for the domain, and what the component creates around the controller. */
  static async create(cluster: Cluster, task: Task): Promise<ControllerScene> {
    const prefix = `stub-real-${randomBytes(3).toString("hex")}`;
    const { domain, target, proofTimeout = 240, clusterDnsService, dnsServes = true } = task;
    const spec: Spec = {
      domain,
      dnsService: { namespace: `${prefix}-dns`, name: "egress-dns" },
      clusterDomain: "cluster.local",
      target,
      anchor: { namespace: `${prefix}-stub`, name: "anchor" },
      specHash: randomBytes(8).toString("hex"),
      proofTimeoutMs: proofTimeout * 1000,
      ...(clusterDnsService === undefined ? {} : { clusterDnsService }),
    };
    const own = [spec.dnsService.namespace, spec.anchor.namespace];
    const scene = new ControllerScene(cluster, spec, own);
    await apply(
      cluster,
      own.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    );
    const image = cluster.images;
    await apply(cluster, [
      ...dnsServer(spec, image.coredns, dnsServes),
      ...controller(spec, image.node, await code(), prefix, task.resolver),
    ]);
    if (dnsServes) await scene.run(...rollout("egress-dns", spec.dnsService.namespace));
    return scene;
  }

  run(...args: string[]): Promise<string> {
    return kubectl(this.cluster, args);
  }

  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.run(...args, "-o", "json")) as T;
  }

  rolledOut(): Promise<string> {
    return this.run(...rollout("controller", this.spec.anchor.namespace));
  }

  async createAnchor(): Promise<void> {
    const metadata = { ...this.spec.anchor, labels: { [ANCHOR_LABEL]: ANCHOR_LABEL_VALUE } };
    await apply(this.cluster, [{ apiVersion: "v1", kind: "ConfigMap", metadata }], "pulumi");
  }

  /** Waits until the controller has proven that the stub domain serves. */
  applied(): Promise<string> {
    const { anchor, specHash } = this.spec;
    const condition = `--for=jsonpath={.metadata.annotations['${APPLIED_ANNOTATION}']}=${specHash}`;
    return this.run("wait", condition, "configmap", anchor.name, "-n", anchor.namespace, "--timeout=240s");
  }

  deleteAnchor(): Promise<string> {
    const { name, namespace } = this.spec.anchor;
    return this.run("delete", "configmap", name, "-n", namespace, "--timeout=240s");
  }

  /** What the container that failed said last, as `kubectl describe` shows it. */
  async lastWords(): Promise<string> {
    for (let attempt = 0; attempt < 480; attempt++) {
      const { items } = await this.json<{ items: Pod[] }>("get", "pods", "-n", this.spec.anchor.namespace);
      const [container] = items.flatMap(({ status }) => status.containerStatuses ?? []);
      const ended = container?.state.terminated ?? container?.lastState.terminated;
      if (ended?.message !== undefined && ended.exitCode === 1) return ended.message.trimEnd();
      await sleep(500);
    }
    throw new Error("the controller did not exit");
  }

  /** What a program in the controller's pod prints. */
  async inPod(script: string): Promise<string> {
    const { namespace } = this.spec.anchor;
    const args = ["exec", "deployment/controller", "-n", namespace, "--", "node", "-e", script];
    return (await this.run(...args)).trim();
  }

  /** From a pod, by the resolver of pods: rcode names as Node has them. */
  resolve(name: string, type: string): Promise<string> {
    return this.inPod(
      `new (require("node:dns").promises.Resolver)().resolve(${JSON.stringify(name)}, "${type}").then((answer) => console.log(JSON.stringify(answer)), (error) => console.log(error.code))`,
    );
  }

  /** The controller's metrics. */
  metrics(): Promise<string> {
    return this.inPod(
      'fetch("http://127.0.0.1:8081/metrics").then((answer) => answer.text()).then(console.log)',
    );
  }
}

interface Pod {
  status: {
    containerStatuses?: Record<
      "state" | "lastState",
      { terminated?: { exitCode: number; message?: string } }
    >[];
  };
}

function rollout(deployment: string, namespace: string): string[] {
  return ["rollout", "status", `deployment/${deployment}`, "-n", namespace, "--timeout=120s"];
}

let compiled: Promise<string> | undefined;

/** The controller's program, as data of a ConfigMap. */
function code(): Promise<string> {
  compiled ??= (async () => {
    const program = await programOf(join(__dirname, "../../../proxy-image/src/stubdomain/main.ts"));
    return (await promisify(gzip)(program)).toString("base64");
  })();
  return compiled;
}

function dnsServer({ dnsService, domain }: Spec, image: string, serves: boolean): object[] {
  const { namespace, name } = dnsService;
  const labels = { app: name };
  const mname = `${name}.${namespace}.svc.cluster.local.`;
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: dnsService,
      spec: {
        selector: labels,
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
        ],
      },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: dnsService,
      data: {
        Corefile: `${domain}:53 {\n  file /etc/coredns/zone\n}\n.:53 {\n  forward . /etc/resolv.conf\n}\n`,
        zone: `$ORIGIN ${domain}.\n@ 5 IN SOA ${mname} hostmaster.${domain}. 1 3600 600 86400 5\n@ 5 IN NS ${mname}\n${PROBE_LABEL} 5 IN CNAME ${mname}\nlisted 5 IN A 192.0.2.1\n`,
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: dnsService,
      spec: {
        replicas: serves ? 1 : 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [
              {
                name,
                image,
                args: ["-conf", "/etc/coredns/Corefile"],
                volumeMounts: [{ name: "config", mountPath: "/etc/coredns" }],
              },
            ],
            volumes: [{ name: "config", configMap: { name } }],
          },
        },
      },
    },
  ];
}

function controller(
  spec: Spec,
  image: string,
  program: string,
  prefix: string,
  resolver: Task["resolver"],
): object[] {
  const { namespace } = spec.anchor;
  const { kind = "coredns", key, corefile } = spec.target;
  const metadata = { name: "controller", namespace };
  const labels = { app: prefix };
  const args = [
    `--domain=${spec.domain}`,
    `--dns-service=${nameText(spec.dnsService)}`,
    `--cluster-domain=${spec.clusterDomain}`,
    `--target=${nameText(spec.target)}`,
    `--target-kind=${kind}`,
    ...(key === undefined ? [] : [`--target-key=${key}`]),
    ...(corefile === undefined ? [] : [`--target-corefile=${corefile}`]),
    ...(spec.clusterDnsService === undefined ? [] : [`--cluster-dns-service=${spec.clusterDnsService}`]),
    `--anchor=${nameText(spec.anchor)}`,
    `--spec-hash=${spec.specHash}`,
    `--proof-timeout=${spec.proofTimeoutMs / 1000}`,
  ];
  // Two instances have roles of their own in the target's namespace.
  const granted = JSON.parse(
    JSON.stringify(roles(spec)).replaceAll(`stub-${spec.anchor.name}`, prefix),
  ) as object[];
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    ...granted,
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "code", namespace },
      binaryData: { "stub-domain.js.gz": program },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        strategy: { type: "Recreate" },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "controller",
            ...(resolver && {
              dnsPolicy: "None",
              dnsConfig: { ...resolver, options: [{ name: "ndots", value: "5" }] },
            }),
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 65532,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: "controller",
                image,
                terminationMessagePolicy: "FallbackToLogsOnError",
                // After "--", so that the options are not taken for Node's.
                command: ["node", "-e", START, "--", ...args],
                securityContext: {
                  readOnlyRootFilesystem: true,
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ["ALL"] },
                },
                readinessProbe: { httpGet: { path: "/ready", port: 8081 }, periodSeconds: 1 },
                livenessProbe: { httpGet: { path: "/live", port: 8081 } },
                volumeMounts: [
                  { name: "code", mountPath: "/code" },
                  { name: "tmp", mountPath: "/tmp" },
                ],
              },
            ],
            volumes: [
              { name: "code", configMap: { name: "code" } },
              { name: "tmp", emptyDir: {} },
            ],
          },
        },
      },
    },
  ];
}
