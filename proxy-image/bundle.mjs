// Bundles what runs in the image, and the command line tool, so that neither needs node_modules.
import { Buffer } from "node:buffer";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buffer } from "node:stream/consumers";
import tar from "tar-stream";
import { programOf } from "./program.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The only files of ours in the image. */
const inImage = {
  "app/proxy.js": "src/proxy/main.ts",
  "app/tracing.js": "src/proxy/trace/tracing.ts",
  "app/stub-domain.js": "src/stubdomain/main.ts",
};
const commandLine = "src/cli/main.ts";

/** Fixed times, owners and modes: the archive depends on the files' content alone. */
async function archive(files) {
  const pack = tar.pack();
  const common = { uid: 0, gid: 0, mtime: new Date(0) };
  pack.entry({ name: "app/", type: "directory", mode: 0o755, ...common });
  for (const [name, content] of files) {
    pack.entry({ name, mode: 0o444, ...common }, Buffer.from(content));
  }
  pack.finalize();
  return buffer(pack);
}

const output = process.argv[2] ?? here("dist");
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const files = [];
for (const [name, source] of Object.entries(inImage)) files.push([name, await programOf(here(source))]);
writeFileSync(join(output, "app.tar"), await archive(files));
writeFileSync(join(output, "cli.js"), await programOf(here(commandLine), "#!/usr/bin/env node"), {
  mode: 0o755,
});
// The dashboard's page is sent as it is.
cpSync(here("src/cli/dashboard/page"), join(output, "page"), { recursive: true });
