import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programOf } from "../../../proxy-image/program.mjs";
import { createAuthority, issue } from "../../cluster/pki/openssl";
import type { ThirdPartySettings } from "../../cluster/third-parties/settings";
import type { KubernetesObject } from "../../harness/kubernetes";

/** Who is called, and what happens there. */
export const THIRD_PARTIES = {
  /** Responds. */
  api: { host: "api.example.test", address: "203.0.113.10", targetPort: 8443 },
  second: { host: "second.example.test", address: "203.0.113.11", targetPort: 8444 },
  /** Refuses every connection: nobody listens there. */
  refusing: { host: "refusing.example.test", address: "203.0.113.12", targetPort: 8449 },
} as const;

/** Their range, of RFC 5737: no cluster has a real party there. */
export const THIRD_PARTY_RANGE = "203.0.113.0/24";

/** Another port for TLS, which Linkerd does not take for TLS without a route. */
export const OTHER_PORT = 8443;

const DNS_PORT = 5353;
const PARTIES = "third-parties";
const NAMES = "names";
const CONFIG = "/etc/third-parties";
const CERTIFICATES = "/etc/certificates";
const RESPONDING = [THIRD_PARTIES.api, THIRD_PARTIES.second];

/** What stands for the Internet, as objects of one namespace. */
export interface Internet {
  /** PEM of the authority that signed the third parties' certificates. */
  readonly authority: string;
  /** The third parties' Services, each at an address outside of the cluster, and the DNS that knows their names. */
  readonly before: KubernetesObject[];
  /** Their pod; its image has Node. */
  readonly pod: (image: string) => KubernetesObject;
}

/**
 * Third parties in a pod, at addresses that to Linkerd and to the proxy are outside of the cluster: a Service's
 * `externalIPs`, which kube-proxy translates on the client's node. Their names are known to a DNS server of this
 * namespace only; it asks the cluster's about all others.
 */
export async function internet(namespace: string, dnsImage: string): Promise<Internet> {
  const folder = await mkdtemp(join(tmpdir(), "k8s-egress-authority-"));
  try {
    const authority = await createAuthority(folder, "third parties");
    const pairs: Record<string, string> = {};
    for (const { host } of RESPONDING) {
      const names = [`DNS:${host}`];
      const pair = await issue(authority, { file: host, commonName: host, subjectAltNames: names });
      pairs[`${host}.crt`] = await readFile(pair.certificate, "utf8");
      pairs[`${host}.key`] = await readFile(pair.key, "utf8");
    }
    const pem = await readFile(authority.certificate, "utf8");
    const meta = (name: string) => ({ name, namespace, labels: { app: name } });
    return {
      authority: pem,
      before: [
        ...Object.values(THIRD_PARTIES).map((party) => serviceOf(party, namespace)),
        object("v1", "Secret", meta(PARTIES), { stringData: { ...pairs, "ca.crt": pem } }),
        object("v1", "ConfigMap", meta(PARTIES), {
          data: {
            "main.js": await programOf(join(__dirname, "../../cluster/third-parties/main.ts")),
            "settings.json": JSON.stringify(settings()),
          },
        }),
        object("v1", "ConfigMap", meta(NAMES), { data: { Corefile: corefile() } }),
        object("v1", "Service", meta(NAMES), {
          spec: {
            selector: { app: NAMES },
            ports: ["UDP", "TCP"].map((protocol) => ({
              name: protocol.toLowerCase(),
              port: 53,
              targetPort: DNS_PORT,
              protocol,
            })),
          },
        }),
        object("apps/v1", "Deployment", meta(NAMES), {
          spec: {
            replicas: 1,
            selector: { matchLabels: { app: NAMES } },
            template: { metadata: { labels: { app: NAMES } }, spec: namesPod(dnsImage) },
          },
        }),
      ],
      pod: (image) =>
        object("v1", "Pod", meta(PARTIES), {
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [
              {
                name: PARTIES,
                image,
                command: ["node", `${CONFIG}/main.js`, `${CONFIG}/settings.json`],
                readinessProbe: { tcpSocket: { port: THIRD_PARTIES.second.targetPort }, periodSeconds: 1 },
                volumeMounts: [
                  { name: "config", mountPath: CONFIG },
                  { name: "certificates", mountPath: CERTIFICATES },
                ],
              },
            ],
            volumes: [
              { name: "config", configMap: { name: PARTIES } },
              { name: "certificates", secret: { secretName: PARTIES } },
            ],
          },
        }),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The Service whose ClusterIP answers for the third parties' names. */
export const NAMES_SERVICE = NAMES;

function serviceOf(
  { host, address, targetPort }: (typeof THIRD_PARTIES)[keyof typeof THIRD_PARTIES],
  namespace: string,
): KubernetesObject {
  return object(
    "v1",
    "Service",
    { name: host.split(".")[0]!, namespace },
    {
      spec: {
        selector: { app: PARTIES },
        externalIPs: [address],
        ports: [
          { name: "https", port: 443, targetPort },
          { name: "other", port: OTHER_PORT, targetPort },
          // Nobody listens: the sidecar counts requests to it all the same.
          { name: "http", port: 80, targetPort: THIRD_PARTIES.refusing.targetPort },
        ],
      },
    },
  );
}

function settings(): ThirdPartySettings {
  return {
    control: { address: "127.0.0.1", port: 9900 },
    authority: `${CERTIFICATES}/ca.crt`,
    servers: RESPONDING.map(({ host, targetPort }) => ({
      host,
      address: "0.0.0.0",
      port: targetPort,
      behaviour: "echo",
      certificate: `${CERTIFICATES}/${host}.crt`,
      key: `${CERTIFICATES}/${host}.key`,
      mutualTls: false,
    })),
  };
}

function corefile(): string {
  const hosts = Object.values(THIRD_PARTIES).map(({ host, address }) => `    ${address} ${host}`);
  const lines = [
    "errors",
    "ready",
    "hosts {",
    ...hosts,
    "    fallthrough",
    "  }",
    "forward . /etc/resolv.conf",
  ];
  return `.:${DNS_PORT} {\n${lines.map((line) => `  ${line}`).join("\n")}\n}\n`;
}

function namesPod(image: string): object {
  return {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: "coredns",
        image,
        args: ["-conf", "/etc/coredns/Corefile"],
        readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
        volumeMounts: [{ name: "config", mountPath: "/etc/coredns" }],
      },
    ],
    volumes: [{ name: "config", configMap: { name: NAMES } }],
  };
}

function object(
  apiVersion: string,
  kind: string,
  metadata: KubernetesObject["metadata"],
  rest: object,
): KubernetesObject {
  return { apiVersion, kind, metadata, ...rest };
}
