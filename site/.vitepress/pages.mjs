// Which Markdown of the repository is a page of the site, and how links between these files become links of the site.
import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the repository: the files of pages are named as in it. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Path of the site below its host. */
export const BASE = "/k8s-egress/";
const REPOSITORY = "https://github.com/k8s-egress/k8s-egress";

/** Pages for Pulumi's Registry, in its own template language. */
const REGISTRY = ["docs/_index.md", "docs/installation-configuration.md"];

/** The Markdown outside docs/ that is for users; the rest of it is for those who work on the code, on GitHub. */
const PAGES = ["README.md", "SECURITY.md", "BACKWARDS_COMPATIBILITY.md", "CHANGELOG.md", "CONTRIBUTING.md"];

/** For VitePress, which takes every Markdown file below the root: the ones that are no pages. */
export const excluded = [
  ...REGISTRY,
  "CODE_OF_CONDUCT.md",
  "{.github,clients,component,examples,monitoring,plugin,proxy-image,tests}/**",
];

/** Path of a page in the site, as VitePress names its file; undefined for a file that is no page. */
export function pageOf(file) {
  if (REGISTRY.includes(file)) return undefined;
  if (file === "README.md") return "index.md";
  if (file === "docs/README.md") return "documentation.md";
  if (PAGES.includes(file)) return file.toLowerCase().replaceAll("_", "-");
  const [, page] = /^(?:docs|site)\/(.*\.md)$/.exec(file) ?? [];
  return page?.replace(/(^|\/)README\.md$/, "$1index.md");
}

/** What a link in a file of the repository must say in the site. A file that is no page is shown by GitHub. */
export function siteLink(file, href) {
  if (/^(?:[a-z]+:|#|\/)/.test(href)) return href;
  const [path, anchor] = href.split("#");
  const target = relative(root, resolve(root, dirname(file), decodeURI(path)));
  const hash = anchor === undefined ? "" : `#${anchor}`;
  const found = join(root, target);
  if (!existsSync(found)) throw new Error(`${file}: dead link ${href}`);
  const isFolder = statSync(found).isDirectory();
  const page = pageOf(isFolder && existsSync(join(found, "README.md")) ? `${target}/README.md` : target);
  if (page) return `/${page.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, "")}${hash}`;
  return `${REPOSITORY}/${isFolder ? "tree" : "blob"}/main/${target}${hash}`;
}
