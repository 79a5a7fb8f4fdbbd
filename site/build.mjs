// Builds the documentation's site into dist/: `npm run docs` in the repository's root.
//
// Dead links fail it: those of the repository's Markdown as GitHub shows it, files and headings (remark), and those of
// the built pages, anchors too (linkinator). Links to other sites are not followed, so the build does not depend on them.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LinkChecker } from "linkinator";
import { build } from "vitepress";
import { BASE } from "./.vitepress/pages.mjs";

const site = fileURLToPath(new URL(".", import.meta.url));
const root = join(site, "..");
const tool = (name, args, cwd) =>
  execFileSync(process.execPath, [join(site, "node_modules", name), ...args], { cwd, stdio: "inherit" });

for (const folder of ["api", "dist"]) rmSync(join(site, folder), { recursive: true, force: true });

mkdirSync(join(site, "public"), { recursive: true });
copyFileSync(join(root, "docs/logo.svg"), join(site, "public/logo.svg"));

const markdown = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
});
const files = markdown.trim().split("\n");
tool(
  "remark-cli/cli.js",
  ["--frail", "--quiet", "--no-stdout", "--rc-path", join(site, "remark.json"), ...files],
  root,
);
tool("typedoc/bin/typedoc", ["--options", join(site, "typedoc.json")], root);
await build(site);

const checker = new LinkChecker();
checker.on("link", ({ state, url, parent, status }) => {
  if (state === "BROKEN") console.error(`dead link: ${url} (${status}) on ${parent}`);
});
const { passed, links } = await checker.check({
  path: [`${BASE.slice(1)}index.html`],
  serverRoot: join(site, "dist"),
  recurse: true,
  cleanUrls: true,
  checkFragments: true,
  linksToSkip: ["^https?://(?!localhost|127\\.0\\.0\\.1)"],
});
console.log(`${links.length} links checked`);
process.exit(passed ? 0 : 1);
