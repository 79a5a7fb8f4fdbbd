import { COREFILE } from "../../cluster/manifests/core-dns";
import { stubBlock } from "../../../proxy-image/src/contract/stub-domain/block";
import { PROXY_SERVICE } from "./names";

/** Where one cluster DNS listens, and whom it asks. */
export interface Place {
  readonly port: number;
  /** Ports of `health`, `ready` and `prometheus`. */
  readonly admin: readonly [number, number, number];
  readonly apiServer: string;
  /** Port of a server for the rest of the world. */
  readonly internet: number;
}

/** kubeadm's Corefile, moved to loopback. */
export function before({ port, admin: [health, ready, metrics], apiServer, internet }: Place): string {
  const moves: [string, string][] = [
    [".:53 {\n", `.:${port} {\n    bind 127.0.0.1\n`],
    ["health {", `health 127.0.0.1:${health} {`],
    ["ready\n", `ready 127.0.0.1:${ready}\n`],
    [":9153", `127.0.0.1:${metrics}`],
    ["pods insecure", `endpoint ${apiServer}\n       pods insecure`],
    ["/etc/resolv.conf", `127.0.0.1:${internet}`],
  ];
  return moves.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`no ${JSON.stringify(from)} in kubeadm's Corefile`);
    return text.replace(from, to);
  }, COREFILE);
}

/** The same, and the stub domain. */
export function installed(place: Place, domain: string, egressDns: number): string {
  const { port } = place;
  const stub = stubBlock({ domain, port, bind: ["bind 127.0.0.1"], forwardTo: `127.0.0.1:${egressDns}` });
  return `${before(place)}${stub}`;
}

/** The same, with a rule in the default block instead, which every query of the cluster passes. */
export function rewritten(place: Place, domain: string): string {
  const name = `(.*)\\.${domain.replaceAll(".", "\\.")}`;
  const rule = `rewrite name regex ${name} ${PROXY_SERVICE}.egress.svc.cluster.local answer auto`;
  return before(place).replace("    kubernetes ", `    ${rule}\n    kubernetes `);
}
