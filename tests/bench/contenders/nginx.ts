import { writeFileSync } from "node:fs";
import { freePorts } from "../../harness/free-ports";
import { upstreamHost } from "../stage/third-parties";
import type { Contender, Scene } from "./contender";

/** One worker, nothing buffered on disk, connections kept, its access log in JSON as ours. */
export async function startNginx({ stage, tools, upstream }: Scene): Promise<Contender> {
  const [port] = (await freePorts(1)) as [number];
  const host = upstreamHost(0);
  const file = stage.path("nginx.conf");
  writeFileSync(
    file,
    `
daemon off;
master_process off;
pid ${stage.path("nginx.pid")};
error_log stderr error;
events { worker_connections 4096; }
http {
  log_format json escape=json '{"time":"$time_iso8601","method":"$request_method","host":"$host",'
    '"path":"$uri","status":$status,"duration":$request_time,"request_bytes":$request_length,'
    '"response_bytes":$body_bytes_sent,"upstream":"$upstream_addr"}';
  access_log /dev/stdout json;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  client_max_body_size 2m;
  client_body_temp_path ${stage.path("nginx-body")};
  proxy_temp_path ${stage.path("nginx-proxy")};
  fastcgi_temp_path ${stage.path("nginx-fastcgi")};
  uwsgi_temp_path ${stage.path("nginx-uwsgi")};
  scgi_temp_path ${stage.path("nginx-scgi")};
  map $http_upgrade $connection_upgrade { "" ""; default upgrade; }
  upstream third { server 127.0.0.1:${upstream.port}; keepalive 512; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass https://third;
      proxy_http_version 1.1;
      proxy_set_header Host ${host};
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Via "1.1 nginx";
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate ${upstream.caFile};
      proxy_ssl_name ${host};
      proxy_ssl_server_name on;
      proxy_ssl_protocols TLSv1.2 TLSv1.3;
    }
  }
}
`,
  );
  const { pid, startedAt } = stage.processes.start("nginx", tools.nginx, ["-c", file, "-p", stage.folder]);
  return { name: "nginx", pid, port, startedAt, relaysStreams: true };
}
