import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { after, describe, it } from "node:test";
import { extract } from "tar-stream";

const root = resolve(__dirname, "../..");
const temporary = mkdtempSync(join(tmpdir(), "k8s-egress-bundle-"));
after(() => rmSync(temporary, { recursive: true }));

function bundle(name: string): string {
  const folder = join(temporary, name);
  execFileSync(process.execPath, [join(root, "proxy-image/bundle.mjs"), folder]);
  return folder;
}

interface Entry {
  name: string;
  mode: number;
  uid: number;
  gid: number;
  mtime: number;
}

async function entriesOf(archive: Buffer): Promise<{ entry: Entry; content: string }[]> {
  const tar = extract();
  tar.end(archive);
  const entries: { entry: Entry; content: string }[] = [];
  for await (const stream of tar) {
    const { name, mode, uid, gid, mtime } = stream.header;
    const entry: Entry = { name, mode: mode, uid: uid, gid: gid, mtime: mtime.getTime() };
    entries.push({ entry, content: await text(stream) });
  }
  return entries;
}

describe("the bundle", () => {
  const first = bundle("first");

  it("has the same bytes when it is made twice", () => {
    const second = bundle("second");
    const digest = (folder: string, file: string) =>
      createHash("sha256")
        .update(readFileSync(join(folder, file)))
        .digest("hex");
    for (const file of ["app.tar", "cli.js"]) assert.equal(digest(first, file), digest(second, file), file);
  });

  it("puts just what runs into the image, read-only and without times", async () => {
    const fixed = { uid: 0, gid: 0, mtime: 0 };
    const entries = await entriesOf(readFileSync(join(first, "app.tar")));
    assert.deepEqual(
      entries.map(({ entry }) => entry),
      [
        { name: "app/", mode: 0o755, ...fixed },
        { name: "app/proxy.js", mode: 0o444, ...fixed },
        { name: "app/tracing.js", mode: 0o444, ...fixed },
        { name: "app/stub-domain.js", mode: 0o444, ...fixed },
      ],
    );
  });

  it("has OpenTelemetry's SDK in a program of its own, which the proxy loads only where it traces", async () => {
    const entries = await entriesOf(readFileSync(join(first, "app.tar")));
    const content = (name: string) => entries.find(({ entry }) => entry.name === name)!.content;
    const exporter = "OTLPTraceExporter";
    assert.equal(content("app/proxy.js").includes(exporter), false);
    assert.match(content("app/proxy.js"), /\.tracing && await import\("\.\/tracing\.js"\)/);
    assert.ok(content("app/tracing.js").includes(exporter));
    writeFileSync(join(temporary, "tracing.cjs"), content("app/tracing.js"));
    const script = `import("./tracing.cjs").then(({ createTracing }) => console.log(typeof createTracing))`;
    const output = execFileSync(process.execPath, ["-e", script], { cwd: temporary, encoding: "utf8" });
    assert.equal(output, "function\n");
  });

  it("has no character for which V8 would keep a program in two bytes per character", async () => {
    for (const { entry, content } of await entriesOf(readFileSync(join(first, "app.tar")))) {
      assert.equal(/[^\0-\xff]/.exec(content)?.[0], undefined, entry.name);
    }
  });

  it("needs no module beside it", () => {
    const run = (...args: string[]) =>
      execFileSync(process.execPath, args, { cwd: temporary, encoding: "utf8" });
    assert.match(run(join(first, "cli.js"), "--help"), /dns remove/);
    assert.match(readFileSync(join(first, "cli.js"), "utf8"), /^#!\/usr\/bin\/env node\n/);
  });

  it("holds no path of the machine that made it", () => {
    for (const file of ["app.tar", "cli.js"]) {
      assert.ok(!readFileSync(join(first, file)).includes(Buffer.from(root)), file);
    }
  });
});
