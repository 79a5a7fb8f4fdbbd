import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { createDashboard } from "../../proxy-image/src/cli/dashboard/server";
import { ensurePrograms } from "../requirements/machine";
import { certificatesOf, detailOf, HOSTILE, stateOf } from "./support/dashboard-data";

const TOKEN = "token";
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
/** Folder for screenshots of the documentation; undefined: none are made. */
const { K8S_EGRESS_SCREENSHOTS: SCREENSHOTS } = process.env;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe("the dashboard's page in Chromium", { timeout: 300_000 }, () => {
  let server: Server;
  let browser: Browser;
  let state: object = stateOf(8);
  let inChain: Parameters<typeof certificatesOf>[1];
  const requested: string[] = [];

  before(async () => {
    ensurePrograms("npm run test:cluster", [
      { program: "chromium", package: "chromium", why: "shows the dashboard" },
    ]);
    const pages = {
      state: () => state,
      upstream: detailOf,
      certificates: (name: string) => Promise.resolve(certificatesOf(name, inChain)),
    };
    server = createServer(createDashboard(TOKEN, pages)).listen(0, "127.0.0.1");
    await once(server, "listening");
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  });
  after(async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  });

  async function open(options: Parameters<Browser["newPage"]>[0] = {}, path = ""): Promise<[Page, string[]]> {
    const page = await browser.newPage(options);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    page.on("request", (request) => requested.push(request.url()));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${TOKEN}/${path}`);
    await page.locator("#summary", { hasText: "pods" }).waitFor();
    return [page, errors];
  }

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ] as const) {
      for (const [name, path] of [
        ["overview", ""],
        ["third-party", "#/upstream/api-1.example.com"],
      ] as const) {
        it(`${name}, ${colorScheme}, ${width} px: WCAG AA, and nothing is cut off`, async () => {
          state = stateOf(8);
          const [page, errors] = await open({ colorScheme, viewport: { width, height } }, path);
          if (path !== "") await page.locator("ol.cards li").first().waitFor();
          // By the debugger, which the page's Content-Security-Policy does not bind.
          await page.evaluate(AXE);
          const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
          const { violations } = await page.evaluate<{ violations: Violation[] }>(
            `axe.run(document, { runOnly: ${JSON.stringify(tags)} })`,
          );
          assert.deepEqual(
            violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
            [],
          );
          const overflowing = await page.evaluate<string[]>(
            `[...document.querySelectorAll("html, .scroll")].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.outerHTML.slice(0, 80))`,
          );
          assert.deepEqual(overflowing, []);
          if (SCREENSHOTS !== undefined)
            await page.screenshot({
              fullPage: true,
              path: join(SCREENSHOTS, `dashboard-${name}-${colorScheme}-${width}.png`),
            });
          assert.deepEqual(errors, []);
          await page.close();
        });
      }
    }
  }

  it("is used by keyboard: / filters, Enter opens a third party, Escape goes back", async () => {
    const [page] = await open();
    await page.keyboard.press("/");
    await page.keyboard.type("api-3");
    assert.equal(await page.locator("#upstreams tbody tr").count(), 1);
    await page.locator("#upstreams tbody a").focus();
    await page.keyboard.press("Enter");
    await page.locator("#detail-title").waitFor();
    assert.equal(await page.locator("#detail-title").textContent(), "api-3.example.com");
    await page.keyboard.press("Escape");
    await page.locator("#overview").waitFor();
    await page.getByRole("button", { name: "p99" }).focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator('th[aria-sort="descending"]').textContent(), "p99");
    await page.close();
  });

  it("shows hostile texts as texts", async () => {
    state = stateOf(2, HOSTILE);
    const [page, errors] = await open();
    assert.ok((await page.locator("#denials").textContent())!.includes(HOSTILE));
    assert.equal(await page.locator("#denials img, #denials script").count(), 0);
    assert.equal(await page.evaluate("window.hit"), undefined);
    assert.deepEqual(errors, []);
    await page.close();
  });

  it("shows a third party's certificates, names in them as texts, and which is not valid", async () => {
    inChain = { issuer: `CN=${HOSTILE}`, until: "2026-02-20T14:00:00.000Z" };
    const [page, errors] = await open({}, "#/upstream/api-1.example.com");
    const items = page.locator("ol.cards li");
    await items.first().waitFor();
    assert.equal(await items.count(), 2);
    assert.match(
      (await items.first().textContent())!,
      /CN=api-1\.example\.com.*valid 2026-11-20 to 2027-02-18/,
    );
    assert.ok((await items.last().textContent())!.includes(HOSTILE));
    assert.equal(await items.last().locator("img, script").count(), 0);
    assert.deepEqual(await items.locator(".bad").allTextContents(), ["valid 2023-12-13 to 2026-02-20"]);
    assert.deepEqual(errors, []);
    await page.close();
  });

  it("shows 1,000 third parties, and stays quick", async () => {
    state = stateOf(1_000);
    const [page] = await open();
    assert.equal(await page.locator("#upstreams tbody tr").count(), 1_000);
    // A text, because tsx adds a helper to functions that the page does not have.
    const longest = await page.evaluate<number>(`new Promise((resolve) => {
      let [last, most] = [performance.now(), 0];
      const until = last + 5_000;
      (function tick() {
        const now = performance.now();
        [last, most] = [now, Math.max(most, now - last)];
        if (now < until) setTimeout(tick, 0);
        else resolve(most);
      })();
    })`);
    assert.ok(longest < 1_000, `${longest} ms without an answer`);
    await page.close();
  });

  it("asks nobody but the tool", () => {
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${TOKEN}/`;
    assert.deepEqual(
      requested.filter((url) => !url.startsWith(own) && !url.startsWith("data:")),
      [],
    );
  });
});
