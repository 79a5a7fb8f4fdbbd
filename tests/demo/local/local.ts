import { Resolver } from "node:dns/promises";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createAuthority } from "../../proxy/support/certificates";
import { say, step } from "../print";
import { exampleSettings } from "../settings";
import type { Answered, Site } from "../site";
import { LISTED, tell } from "../story";
import { NameServer } from "./name-server";
import { exampleObjects } from "./objects";
import { startProxy } from "./proxy";
import { startThirdParty } from "./third-party";

/** A digest that is nobody's: without a cluster no image is pulled. */
const IMAGE = `registry.example.com/k8s-egress@sha256:${"0".repeat(64)}`;

/** The request path without Kubernetes: program → policy and zone → proxy process → TLS third party. */
export async function runLocally(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "k8s-egress-demo-"));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true })];
  try {
    const authority = createAuthority();
    const objects = await step("run examples/basic: policy and zone", () =>
      exampleObjects({ ...exampleSettings(authority.ca, []), image: IMAGE }),
    );
    const site = await step("start a third party, the proxy and a name server", async () => {
      const thirdParty = await startThirdParty(authority.issue([LISTED]));
      ends.unshift(() => thirdParty.close());
      const proxy = await startProxy(objects.policy, folder, (thirdParty.address() as AddressInfo).port);
      ends.unshift(() => proxy.stop());
      const names = await NameServer.start(objects.zone, "127.0.0.1");
      ends.unshift(() => names.close());
      return application(names.port, proxy.port);
    });
    await step("call the third party as an application does", () => tell(site, objects.urls[LISTED]!));
  } finally {
    for (const end of ends) await end();
  }
  say(
    "left out: Kubernetes and its objects, Linkerd, the image, the edit of the cluster's DNS. In place of CoreDNS and",
  );
  say(
    "the cluster's DNS a small name server read the component's zone; the third party was a TLS server on this machine.",
  );
  say("All else was real.");
}

/** An application whose resolver is the name server; Services' port 80 is the proxy's port. */
function application(dns: number, port: number): Site {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${dns}`]);
  const resolve = (name: string): Promise<string[]> =>
    resolver.resolve4(name).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOTFOUND") return [];
      throw error;
    });
  return {
    resolve,
    async request(url, method = "GET") {
      const [address] = await resolve(new URL(url).hostname);
      return address === undefined ? { error: "ENOTFOUND" } : ask(url, method, address, port);
    },
  };
}

function ask(url: string, method: string, address: string, port: number): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { hostname: host, pathname, search } = new URL(url);
    http
      .request({ host: address, port, method, path: pathname + search, headers: { host }, agent: false })
      .on("response", (response) => {
        const { statusCode: status, headers } = response;
        text(response).then(
          (body) => resolve({ status, headers: headers as Record<string, string>, body }),
          reject,
        );
      })
      .on("error", reject)
      .end();
  });
}
