/** The namespace of the canary. */
export const CANARY_NAMESPACE = "policy-canary";

/** How long a connection may take before it counts as blocked, and how long the engine has to learn of the pod. */
const SCRIPT = `
  import { connect } from "node:net";
  const [host, port] = process.argv.slice(1);
  const opens = () => new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const end = (result) => { socket.destroy(); resolve(result); };
    socket.setTimeout(1000, () => end(false));
    socket.on("connect", () => end(true));
    socket.on("error", () => end(true));
  });
  const deadline = Date.now() + 30_000;
  while (await opens()) {
    if (Date.now() > deadline) { console.log("not blocked"); process.exit(1); }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  console.log("blocked");`;

/**
 * A pod that may send nothing, and succeeds as soon as a connection of its is blocked: the proof that something
 * enforces NetworkPolicies, without which a test of them says nothing.
 */
export function policyCanary(image: string, nodeIp: string, port: number): object[] {
  const metadata = { name: "canary", namespace: CANARY_NAMESPACE };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: CANARY_NAMESPACE } },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: { podSelector: {}, policyTypes: ["Egress"], egress: [] },
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
            command: ["node", "--input-type=module", "--eval", SCRIPT, "--", nodeIp, String(port)],
          },
        ],
      },
    },
  ];
}
