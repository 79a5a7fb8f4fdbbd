import { only } from "../families";

/**
 * Succeeds when at each address the first port is blocked and the second is not. Both, because without the engine either everything
 * passes or nothing does: its queue has no bypass. Not at once, because the engine must learn of the pod.
 */
const SCRIPT = `
  import { connect } from "node:net";
  const [blocked, open, ...hosts] = process.argv.slice(1);
  const passes = (host, port) => new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const end = (result) => { socket.destroy(); resolve(result); };
    socket.setTimeout(2000, () => end(false));
    socket.on("connect", () => end(true));
    socket.on("error", () => end(true));
  });
  const deadline = Date.now() + 60_000;
  for (;;) {
    const all = (port) => Promise.all(hosts.map((host) => passes(host, port)));
    const [forbidden, allowed] = await Promise.all([all(blocked), all(open)]);
    if (allowed.every(Boolean) && !forbidden.some(Boolean)) break;
    if (Date.now() > deadline) {
      console.log(forbidden.some(Boolean) ? "a forbidden connection passes" : "an allowed connection is blocked");
      process.exit(1);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }`;

/** Two ports of the node: a pod of the canary's namespace may connect to the second only. */
export interface CanaryPorts {
  readonly blocked: number;
  readonly open: number;
}

/**
 * A pod that succeeds when NetworkPolicies are enforced, and otherwise ends with the reason: without it a test of what
 * policies allow says nothing.
 */
export function policyCanary(
  image: string,
  namespace: string,
  nodeIps: readonly string[],
  { blocked, open }: CanaryPorts,
): object[] {
  const metadata = { name: "canary", namespace };
  const to = nodeIps.map((address) => ({ ipBlock: { cidr: only(address) } }));
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [{ to, ports: [{ protocol: "TCP", port: open }] }],
      },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata,
      spec: {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: "canary",
            image,
            command: [
              "node",
              "--input-type=module",
              "--eval",
              SCRIPT,
              "--",
              `${blocked}`,
              `${open}`,
              ...nodeIps,
            ],
          },
        ],
      },
    },
  ];
}
