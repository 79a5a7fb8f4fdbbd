import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Vendor, sendJson } from "../stage/vendor";
import { answerByCgi } from "./cgi";

const REGISTRY = "https://registry.npmjs.org";
const WHEEL = "tiny-1.0-py3-none-any.whl";

/** Made at the first use, and kept. */
const made = new Map<string, Buffer>();
let madeIn: string | undefined;

function folderOf(): string {
  return (madeIn ??= mkdtempSync(join(tmpdir(), "egress-clients-")));
}

function once(name: string, make: (folder: string) => void): Buffer {
  const known = made.get(name);
  if (known) return known;
  make(folderOf());
  const content = readFileSync(join(folderOf(), name));
  made.set(name, content);
  return content;
}

/** The npm registry: a package's versions name tarballs by the registry's public address. */
export const npm: Vendor = {
  hosts: ["registry.npmjs.org"],
  handle({ url }, response) {
    const tarball = once("tiny.tgz", (folder) => {
      mkdirSync(join(folder, "package"));
      writeFileSync(
        join(folder, "package/package.json"),
        '{"name":"tiny","version":"1.0.0","main":"index.js"}',
      );
      writeFileSync(join(folder, "package/index.js"), 'module.exports = "tiny";\n');
      execFileSync("tar", ["-czf", "tiny.tgz", "package"], { cwd: folder });
    });
    if (url.pathname === "/tiny") {
      const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
      const dist = { tarball: `${REGISTRY}/tiny/-/tiny-1.0.0.tgz`, integrity };
      const version = { name: "tiny", version: "1.0.0", dist };
      sendJson(response, { name: "tiny", "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": version } });
    } else if (url.pathname === "/tiny/-/tiny-1.0.0.tgz") {
      response.writeHead(200, { "content-type": "application/octet-stream" }).end(tarball);
    } else sendJson(response, { error: "Not found" }, 404);
  },
};

/** A package index for Python (PEP 503), whose links are relative, as those of Artifactory and devpi. */
export const pypi: Vendor = {
  hosts: ["pypi.example.com"],
  handle({ url }, response) {
    const wheel = once(WHEEL, (folder) => execFileSync("python3", ["-c", MAKE_WHEEL], { cwd: folder }));
    if (url.pathname === "/simple/tiny/") {
      const sha256 = createHash("sha256").update(wheel).digest("hex");
      const link = `<a href="../../files/${WHEEL}#sha256=${sha256}">${WHEEL}</a>`;
      response
        .writeHead(200, { "content-type": "text/html" })
        .end(`<!DOCTYPE html><html><body>${link}</body></html>`);
    } else if (url.pathname === "/simple/tiny") {
      response.writeHead(301, { location: "https://pypi.example.com/simple/tiny/" }).end();
    } else if (url.pathname === `/files/${WHEEL}`) {
      response.writeHead(200, { "content-type": "application/octet-stream" }).end(wheel);
    } else response.writeHead(404).end();
  },
};

const MAKE_WHEEL = `
import zipfile
with zipfile.ZipFile("${WHEEL}", "w") as wheel:
    wheel.writestr("tiny.py", "NAME = 'tiny'\\n")
    info = "tiny-1.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "tiny.py,,\\n" + info + "METADATA,,\\n" + info + "WHEEL,,\\n" + info + "RECORD,,\\n")
`;

/** A git server: git's own CGI program behind it. */
export const git: Vendor = {
  hosts: ["git.example.com"],
  async handle(request, response) {
    const program = join(
      execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(),
      "git-http-backend",
    );
    const folder = folderOf();
    const repository = join(folder, "team/repo.git");
    if (!made.has("repo")) {
      made.set("repo", Buffer.alloc(0));
      const run = (...args: string[]) => execFileSync("git", args, { stdio: "pipe" });
      run("init", "--quiet", "--bare", "--initial-branch=main", repository);
      run("-C", repository, "config", "http.receivepack", "true");
    }
    await answerByCgi(program, request, response, {
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      HOME: folder,
    });
  },
};
