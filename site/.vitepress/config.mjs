import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { slug } from "github-slugger";
import { defineConfig } from "vitepress";
import { BASE, excluded, pageOf, root, siteLink } from "./pages.mjs";
import { sidebar } from "./sidebar.mjs";

const REPOSITORY = "https://github.com/k8s-egress/k8s-egress";
const api = join(root, "site/api/typedoc-sidebar.json");

/** Links between the repository's files become the site's; the generated pages of the API have the site's already. */
function repositoryLinks(md) {
  md.core.ruler.push("repository-links", ({ tokens, env }) => {
    const file = relative(root, env.realPath ?? env.path);
    if (file.startsWith("site/api/")) return;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === "link_open" && token.attrGet("href");
      if (href) token.attrSet("href", siteLink(file, href));
    }
  });
}

export default defineConfig({
  title: "k8s-egress",
  description: "Typed, meshed, verified egress from Kubernetes to third parties",
  base: BASE,
  srcDir: root,
  srcExclude: excluded,
  rewrites: pageOf,
  outDir: join(root, "site/dist", BASE),
  cacheDir: join(root, "site/.vitepress/cache"),
  vite: { publicDir: join(root, "site/public") },
  cleanUrls: true,
  lastUpdated: false,
  // linkinator checks the built pages, with anchors; VitePress would check before the links above are rewritten.
  ignoreDeadLinks: true,
  head: [["link", { rel: "icon", href: `${BASE}logo.svg`, type: "image/svg+xml" }]],
  markdown: {
    config: (md) => md.use(repositoryLinks),
    // GitHub's anchors, so that a link to a heading works in both places.
    anchor: { slugify: slug, uniqueSlugStartIndex: 1 },
  },
  themeConfig: {
    logo: "/logo.svg",
    nav: [
      { text: "Tutorial", link: "/first-five-minutes" },
      { text: "API", link: "/api/" },
      { text: "Changelog", link: "/changelog" },
    ],
    sidebar: sidebar(existsSync(api) ? JSON.parse(readFileSync(api, "utf8")) : []),
    outline: [2, 3],
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: REPOSITORY }],
    externalLinkIcon: true,
  },
});
