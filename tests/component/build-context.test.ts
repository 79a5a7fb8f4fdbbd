import assert from "node:assert/strict";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { buildContext } from "../../component/build-context";

describe("the image's build context", () => {
  let folder: string;
  let source: string;
  let parent: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "k8s-egress-context-"));
    [source, parent] = [join(folder, "checkout"), join(folder, "shared")];
    mkdirSync(join(source, "dist"), { recursive: true });
    mkdirSync(parent);
    for (const name of ["Dockerfile", ".dockerignore", "dist/app.tar", "other"])
      writeFileSync(join(source, name), name);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("has the same path, files and modes wherever the package is, whatever the umask", () => {
    const copy = buildContext(source, parent);
    const files = readdirSync(copy, { recursive: true }).map(String).sort();
    assert.deepEqual(files, [".dockerignore", "Dockerfile", "dist", "dist/app.tar"]);
    const modes = () => files.map((file) => (statSync(join(copy, file)).mode & 0o777).toString(8));
    const before = modes();

    const elsewhere = join(folder, "plugins/k8s-egress");
    cpSync(source, elsewhere, { recursive: true });
    rmSync(copy, { recursive: true });
    const umask = process.umask(0o077);
    try {
      assert.equal(buildContext(elsewhere, parent), copy);
    } finally {
      process.umask(umask);
    }
    assert.deepEqual(modes(), before);
  });

  it("has another path for another content", () => {
    const copy = buildContext(source, parent);
    writeFileSync(join(source, "dist/app.tar"), "changed");
    assert.notEqual(buildContext(source, parent), copy);
    assert.deepEqual(readdirSync(parent).length, 2);
  });

  it("is made again if a file is missing or changed", () => {
    const copy = buildContext(source, parent);
    rmSync(join(copy, "Dockerfile"));
    assert.equal(buildContext(source, parent), copy);
    writeFileSync(join(copy, "dist/app.tar"), "changed");
    assert.equal(buildContext(source, parent), copy);
    assert.equal(readFileSync(join(copy, "dist/app.tar"), "utf8"), "dist/app.tar");
  });

  it("is the package's own folder if another user could change the copy", () => {
    const copy = buildContext(source, parent);
    rmSync(copy, { recursive: true });
    cpSync(source, join(folder, "theirs"), { recursive: true });
    symlinkSync(join(folder, "theirs"), copy);
    assert.equal(buildContext(source, parent), source);
    assert.deepEqual(readdirSync(parent).length, 1);
  });
});
