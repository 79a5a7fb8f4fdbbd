import { writeFileSync } from "node:fs";
import { createAuthority } from "../../proxy/support/certificates";
import { bundle } from "./bundle";
import { freePorts } from "../../harness/free-ports";
import type { Stage } from "./stage";
import { DOMAIN, PATHS } from "./third-parties";
import type { Tools } from "./tools";

/** Bytes. */
export const SMALL = 1_024;
export const LARGE = 1_024 * 1_024;

/** The third party that all contenders speak TLS to. */
export interface Upstream {
  readonly port: number;
  /** The authority that signed its certificate: PEM, and a file with it. */
  readonly ca: string;
  readonly caFile: string;
}

/** nginx, because it costs least: what is measured is in front of it. */
export async function startUpstream(stage: Stage, { nginx }: Tools): Promise<Upstream> {
  const [port] = (await freePorts(1)) as [number];
  const authority = createAuthority();
  const { key, cert } = authority.issue([`*.${DOMAIN}`]);
  const caFile = stage.path("ca.pem");
  writeFileSync(caFile, authority.ca);
  writeFileSync(stage.path("upstream.key"), key, { mode: 0o600 });
  writeFileSync(stage.path("upstream.cert"), cert);
  writeFileSync(stage.path("1k"), Buffer.alloc(SMALL, "k"));
  writeFileSync(stage.path("1m"), Buffer.alloc(LARGE, "m"));
  writeFileSync(stage.path("upstream.conf"), configuration(stage, port));
  const streams = await bundle(stage, "servers/streams.ts");
  stage.processes.start("streams", process.execPath, [streams], {
    BENCH_STREAMS: stage.path("streams.sock"),
  });
  stage.processes.start("upstream", nginx, ["-c", stage.path("upstream.conf"), "-p", stage.folder]);
  return { port, ca: authority.ca, caFile };
}

function configuration(stage: Stage, port: number): string {
  return `
daemon off;
master_process off;
pid ${stage.path("upstream.pid")};
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  open_file_cache max=10;
  client_max_body_size 2m;
  client_body_buffer_size 2m;
  client_body_temp_path ${stage.path("upstream-body")};
  proxy_temp_path ${stage.path("upstream-proxy")};
  fastcgi_temp_path ${stage.path("upstream-fastcgi")};
  uwsgi_temp_path ${stage.path("upstream-uwsgi")};
  scgi_temp_path ${stage.path("upstream-scgi")};
  upstream streams { server unix:${stage.path("streams.sock")}; }
  upstream accepted { server unix:${stage.path("accepted.sock")}; keepalive 64; }
  server {
    listen 127.0.0.1:${port} ssl backlog=4096;
    ssl_certificate ${stage.path("upstream.cert")};
    ssl_certificate_key ${stage.path("upstream.key")};
    ssl_protocols TLSv1.2 TLSv1.3;
    root ${stage.folder};
    location = ${PATHS.events} {
      proxy_pass http://streams;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
    location = ${PATHS.messages} {
      proxy_pass http://streams;
      proxy_http_version 1.1;
      proxy_set_header Connection "Upgrade";
      proxy_set_header Upgrade $http_upgrade;
    }
    # nginx answers by itself before a body has come; in front of a proxy_pass it reads it all first.
    location = /upload {
      proxy_pass http://accepted;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header Connection "";
      proxy_method GET;
      proxy_http_version 1.1;
    }
  }
  server {
    listen unix:${stage.path("accepted.sock")};
    location / { return 200 "accepted"; }
  }
}
`;
}
