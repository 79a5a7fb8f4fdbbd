import assert from "node:assert/strict";
import { it } from "node:test";
import { proxyPods } from "../scene/pods";
import { sendRaw } from "../scene/raw";
import type { Stage } from "../stage";

/** Nobody becomes somebody else by what they write. */
export function forging(stage: () => Stage): void {
  const forms = ({ scene }: Stage): Record<string, string[]> => {
    const { linkerd, namespaces } = scene;
    const web = `web.${namespaces.shop}.serviceaccount.identity.${linkerd.namespace}.${linkerd.trustDomain}`;
    return {
      "one field": [`l5d-client-id: ${web}`],
      "two fields": [`l5d-client-id: ${web}`, `l5d-client-id: ${web}`],
      "the form with underscores": [`l5d_client_id: ${web}`],
      "a field that Connection names": ["Connection: close, l5d-client-id", `l5d-client-id: ${web}`],
    };
  };
  const NAMES = ["one field", "two fields", "the form with underscores", "a field that Connection names"];

  for (const name of NAMES) {
    it(`${name} with another's identity, to the Service`, async () => {
      const { cast, thirdParties, urls } = stage();
      const { host } = new URL(urls[thirdParties.api]!);
      const text = request(host, forms(stage())[name]!);
      for (const pieces of [[text], paused(text)]) {
        const forged = await sendRaw(cast.reports, host, 80, pieces);
        assert.match(String(forged.status), /^(?:403|0)$/, forged.text);
        const unmeshed = await sendRaw(cast.stranger, host, 80, pieces);
        assert.match(String(unmeshed.status), /^(?:403|0)$/, unmeshed.text);
      }
    });

    it(`${name} with another's identity, to each pod's own address`, async () => {
      const { scene, cast, thirdParties, urls } = stage();
      const { host } = new URL(urls[thirdParties.api]!);
      const text = request(host, forms(stage())[name]!);
      for (const { status } of await proxyPods(scene)) {
        for (const client of [cast.reports, cast.stranger]) {
          for (const pieces of [[text], paused(text)]) {
            const forged = await sendRaw(client, status.podIP, 8080, pieces);
            assert.match(String(forged.status), /^(?:403|0)$/, forged.text);
          }
        }
      }
    });
  }

  it("the third party has seen none of it, and the proxy has counted nobody under the name", async () => {
    const { scene } = stage();
    let count = 0;
    for (const { metadata } of await proxyPods(scene)) {
      const log = await scene.kubectl(["logs", "-n", metadata.namespace, metadata.name, "-c", "proxy"]);
      const served = log
        .split("\n")
        .filter((line) => line.includes('"path":"/forged"'))
        .map((line) => JSON.parse(line) as { client?: string; status: number });
      count += served.length;
      for (const line of served) {
        assert.equal(line.status, 403, JSON.stringify(line));
        assert.doesNotMatch(line.client ?? "", /\/web$/);
      }
    }
    assert.ok(count > 0, "the proxies have logged none of these requests");
  });
}

function request(host: string, fields: string[]): string {
  const close = fields.some((field) => field.startsWith("Connection:")) ? [] : ["Connection: close"];
  return [`GET /forged HTTP/1.1`, `Host: ${host}`, ...close, ...fields, "", ""].join("\r\n");
}

/** In two pieces, the first of which ends inside the request line. */
function paused(text: string): string[] {
  return [text.slice(0, 2), text.slice(2)];
}
