import { type Server, createServer } from "node:http";
import type { Policy } from "../../contract/policy/policy";

/**
 * Serves the policy in force to users who may `kubectl port-forward` to the pod; to be bound to loopback. It has the
 * names of credentials and not their values, like the ConfigMap that it comes from.
 */
export function createPolicyServer(policy: Policy): Server {
  const text = `${JSON.stringify(policy, undefined, 2)}\n`;
  return createServer((req, res) => {
    const found = req.method === "GET" && req.url === "/policy";
    res.writeHead(found ? 200 : 404, { "Content-Type": found ? "application/json" : "text/plain" });
    res.end(found ? text : "not found: there is /policy\n");
  });
}
