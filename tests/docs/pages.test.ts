import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { it } from "node:test";
import { root } from "./support/blocks";

/** For Pulumi's Registry. */
const REGISTRY = ["docs/_index.md", "docs/installation-configuration.md"];

it("docs/README.md lists every page once, by itself or by its folder", () => {
  const index = readFileSync(join(root, "docs/README.md"), "utf8");
  const listed = [...index.matchAll(/^- \[[^\]]+\]\((?!https:)([^)#]+)/gm)].map(([, href]) =>
    normalize(`docs/${href!}`),
  );
  const folders = listed
    .map((page) => (page.endsWith("/README.md") ? dirname(page) : page))
    .filter((page) => !page.endsWith(".md"));
  for (const page of listed) assert.ok(existsSync(join(root, page)), page);
  assert.deepEqual(listed.toSorted(), [...new Set(listed)].sort());
  const missing = globSync("docs/**/*.md", { cwd: root }).filter(
    (page) => !["docs/README.md", ...REGISTRY, ...listed].includes(page) && !folders.includes(dirname(page)),
  );
  assert.deepEqual(missing, []);
});

it("the package is named with this version everywhere", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  for (const page of ["README.md", ...globSync("docs/**/*.md", { cwd: root })]) {
    const text = readFileSync(join(root, page), "utf8");
    for (const [found, other] of text.matchAll(/k8s-egress@v?(\d+\.\d+\.\d+)/g)) {
      assert.equal(other, version, `${page}: ${found}`);
    }
  }
});

it("no page has the marks of an unresolved merge, as they are or as Prettier formats them", () => {
  const pages = globSync("**/*.md", { cwd: root, exclude: (name) => name === "node_modules" });
  assert.ok(pages.includes("README.md") && pages.includes("CONTRIBUTING.md"));
  const marks = /^\W*<{7}|^(?:> ?){7}|^[|\s]*={7}[|\s]*$/m;
  assert.deepEqual(
    pages.filter((page) => marks.test(readFileSync(join(root, page), "utf8"))),
    [],
  );
});
