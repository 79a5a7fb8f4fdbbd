import { timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import express, { type Express } from "express";

/** Data of the page. */
export interface Pages {
  state(): object;
  /** Undefined if there is no such third party. */
  upstream(name: string): object | undefined;
  /** Its certificates; undefined if there is no such third party. */
  certificates(name: string): Promise<object | undefined>;
}

const HEADERS = {
  // No inline script or style, nothing from elsewhere; `data:` is the empty icon.
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

const FILES: Readonly<Record<string, string>> = {
  "": "index.html",
  "app.js": "app.js",
  "style.css": "style.css",
};

/**
 * The dashboard's server, to be bound to loopback. Other users of the machine and pages in the browser can reach it, so
 * all paths begin with a secret. The Host is checked too: a name that an attacker's DNS leads to 127.0.0.1 (DNS
 * rebinding) is none of ours.
 *
 * @param token first segment of all paths
 * @param entrance path that leads to the page once. The browser is started with it: other users can read a process's
 *   arguments, and so would know the token.
 */
export function createDashboard(token: string, pages: Pages, entrance?: string): Express {
  let unused = entrance;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use((req, res, next) => {
    res.set(HEADERS);
    const isOurs = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(req.headers.host ?? "");
    const [, given = ""] = req.path.split("/");
    const isRead = isOurs && req.method === "GET";
    if (isRead && isSame(given, token)) next();
    else if (isRead && unused !== undefined && isSame(given, unused)) {
      unused = undefined;
      res.redirect(303, `/${token}/`);
    } else res.status(404).type("text/plain").send("not found\n");
  });
  app.get("/:token/state", (_req, res) => {
    res.json(pages.state());
  });
  for (const [path, find] of [
    ["upstream", (name: string) => Promise.resolve(pages.upstream(name))],
    ["certificates", (name: string) => pages.certificates(name)],
  ] as const) {
    app.get(`/:token/${path}`, async (req, res) => {
      const found = await find(typeof req.query.name === "string" ? req.query.name : "");
      if (found) res.json(found);
      else res.status(404).json({ error: "no such third party" });
    });
  }
  for (const [path, file] of Object.entries(FILES)) {
    app.get(`/:token/${path}`, (_req, res) => {
      res.sendFile(file, { root: join(__dirname, "page"), cacheControl: false });
    });
  }
  app.use((_req, res) => {
    res.status(404).type("text/plain").send("not found\n");
  });
  return app;
}

function isSame(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}
