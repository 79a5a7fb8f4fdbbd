// node .ci/release-notes.mjs v1.2.3 [<image>]: prints the notes of a release, from CHANGELOG.md and from what changed in
// schema.json since the tag before, and the published image by digest, which programs name whose plugin is from git.
// Fails unless tag, package.json and CHANGELOG.md agree.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The section of one version, without its heading. */
export function changelogSection(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.split("\n", 1)[0].split(" ")[0] === version);
  if (!section) throw new Error(`CHANGELOG.md has no section "## ${version}"; rename "Unreleased"`);
  return section.slice(section.indexOf("\n")).trim();
}

/** Arguments, outputs and members that one schema has and the other has not. */
export function schemaChanges(before, after) {
  const [old, now] = [pathsOf(before), pathsOf(after)];
  const only = (paths, others) => [...paths].filter((path) => !others.has(path)).sort();
  return { added: only(now, old), removed: only(old, now) };
}

function pathsOf({ resources, types }) {
  const paths = new Set();
  for (const [token, owner] of [...Object.entries(resources), ...Object.entries(types)]) {
    const name = token.split(":").at(-1);
    for (const property of Object.keys(owner.inputProperties ?? owner.properties ?? {}))
      paths.add(`${name}.${property}`);
    if (owner.inputProperties)
      for (const output of Object.keys(owner.properties)) paths.add(`${name}: output ${output}`);
    for (const value of owner.enum ?? []) paths.add(`${name}.${value.name}`);
  }
  return paths;
}

function main(tag, image) {
  const root = new URL("..", import.meta.url);
  const read = (file) => readFileSync(new URL(file, root), "utf8");
  const git = (...args) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const { version } = JSON.parse(read("package.json"));
  if (tag !== `v${version}`) throw new Error(`tag ${tag}, but package.json has version ${version}`);
  const notes = [changelogSection(read("CHANGELOG.md"), version)];
  try {
    const previous = git("describe", "--tags", "--abbrev=0", `${tag}^`).trim();
    const before = JSON.parse(git("show", `${previous}:schema.json`));
    const { added, removed } = schemaChanges(before, JSON.parse(read("schema.json")));
    const list = (title, paths) => {
      if (paths.length > 0) notes.push(`### ${title}`, paths.map((path) => `- \`${path}\``).join("\n"));
    };
    list("New in the schema", added);
    list("No longer in the schema", removed);
  } catch {
    // The first release, or the tag before it had no schema.
  }
  if (image) notes.push("### Image", `\`${image}\``);
  console.log(notes.join("\n\n"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv[2], process.argv[3]);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
