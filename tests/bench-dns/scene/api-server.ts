import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";

/** A Service, as far as CoreDNS' Kubernetes plugin looks at it. */
export interface Service {
  readonly namespace: string;
  readonly name: string;
}

/** Addresses of Services. */
const SERVICE_NETWORK = "10.96";

/**
 * Stands in for the API server, so that the Kubernetes plugin is the real one: lists Services and their
 * namespaces, and holds every watch open without an event. Returns its URL; it ends with the process.
 */
export async function startApiServer(services: readonly Service[]): Promise<string> {
  const lists: Record<string, object> = {
    "/api/v1/services": list("v1", "ServiceList", services.map(serviceObject)),
    "/api/v1/namespaces": list(
      "v1",
      "NamespaceList",
      [...new Set(services.map(({ namespace }) => namespace))].map((name) => ({ metadata: metadata(name) })),
    ),
    "/apis/discovery.k8s.io/v1/endpointslices": list("discovery.k8s.io/v1", "EndpointSliceList", []),
  };
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://api");
    const answer = (status: number, body?: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      if (body) response.end(JSON.stringify(body));
      else response.flushHeaders();
    };
    const found = lists[pathname];
    if (!found) answer(404, { kind: "Status", apiVersion: "v1", status: "Failure", code: 404 });
    // A list within a watch: clients fall back to a list and a watch.
    else if (searchParams.has("sendInitialEvents"))
      answer(422, { kind: "Status", apiVersion: "v1", status: "Failure", reason: "Invalid", code: 422 });
    else if (searchParams.has("watch")) answer(200);
    else answer(200, found);
  });
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function list(apiVersion: string, kind: string, items: object[]): object {
  return { apiVersion, kind, metadata: { resourceVersion: "1" }, items };
}

function metadata(name: string, namespace?: string): object {
  return { name, namespace, uid: `${namespace ?? ""}/${name}`, resourceVersion: "1" };
}

function serviceObject({ namespace, name }: Service, index: number): object {
  const clusterIP = `${SERVICE_NETWORK}.${(index >> 8) & 0xff}.${index & 0xff}`;
  return {
    metadata: metadata(name, namespace),
    spec: { type: "ClusterIP", clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80, protocol: "TCP" }] },
  };
}
