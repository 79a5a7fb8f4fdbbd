import { writeFileSync } from "node:fs";
import { freePorts } from "../../harness/free-ports";
import { upstreamHost } from "../stage/third-parties";
import type { Contender, Scene } from "./contender";

/** One thread, connections shared between requests, its HTTP log on standard output. */
export async function startHaproxy({ stage, tools, upstream }: Scene): Promise<Contender> {
  const [port] = (await freePorts(1)) as [number];
  const host = upstreamHost(0);
  const file = stage.path("haproxy.cfg");
  writeFileSync(
    file,
    `
global
  nbthread 1
  maxconn 4096
  log stdout format raw local0 info
defaults
  mode http
  log global
  option httplog
  timeout connect 5s
  timeout client 300s
  timeout server 60s
  timeout http-keep-alive 300s
  http-reuse always
listen proxy
  bind 127.0.0.1:${port} backlog 4096
  http-request set-header Host ${host}
  http-request set-header Via "1.1 haproxy"
  server third 127.0.0.1:${upstream.port} ssl verify required ca-file ${upstream.caFile} verifyhost ${host} sni str(${host}) pool-max-conn 512
`,
  );
  const { pid, startedAt } = stage.processes.start("haproxy", tools.haproxy, ["-db", "-f", file]);
  return { name: "HAProxy", pid, port, startedAt, relaysStreams: true };
}
