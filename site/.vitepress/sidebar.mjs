// The navigation: the lists of docs/README.md, which sorts the pages by kind, and below them the pages of a folder.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root, siteLink } from "./pages.mjs";

const INDEX = "docs/README.md";
/** The API's pages are generated, so Markdown can only name them as they are published. */
const API = "https://k8s-egress.github.io/k8s-egress/api/";

export function sidebar(api) {
  const groups = readFileSync(join(root, INDEX), "utf8").split(/^## /m).slice(1);
  return groups.map((group) => {
    const text = group.slice(0, group.indexOf("\n")).trim();
    const items = [...group.matchAll(/^- \[([^\]]+)\]\(([^)]+)\)/gm)].map(([, text, href]) => {
      if (href === API) return { text, link: "/api/", collapsed: true, items: api };
      const link = siteLink(INDEX, href);
      if (!isFolder(href)) return { text, link };
      // A folder without a page of its own is a heading only.
      const index = href.endsWith("/README.md") ? { link } : {};
      return {
        text,
        ...index,
        collapsed: true,
        items: pagesOf(join("docs", href.replace(/\/README\.md$/, ""))),
      };
    });
    return { text, items };
  });
}

function isFolder(href) {
  return href.endsWith("/README.md") || !href.split("#")[0].endsWith(".md");
}

function pagesOf(folder) {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .sort()
    .map((name) => ({ text: titleOf(join(folder, name)), link: siteLink(INDEX, `../${folder}/${name}`) }));
}

function titleOf(file) {
  return /^# (.+)$/m.exec(readFileSync(join(root, file), "utf8"))[1];
}
