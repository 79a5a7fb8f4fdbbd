import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, it } from "node:test";
import { addresses } from "./run/addresses";
import { type CaseTest, type Kind, readCase, withPath } from "./run/case-file";
import { certificates } from "./run/certificates";
import { corefiles } from "./run/corefiles";
import { dns } from "./run/dns";
import { paths } from "./run/paths";
import { requests } from "./run/requests";
import { responses } from "./run/responses";

/** Folder → how its files are read and run. */
const KINDS: Record<string, Kind> = { addresses, certificates, corefiles, dns, paths, requests, responses };

const folders = readdirSync(__dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "run")
  .map(({ name }) => name);

it("every folder of cases has a kind that runs them", () => {
  assert.deepEqual(folders.sort(), Object.keys(KINDS).sort(), "KINDS in cases.test.ts and the folders");
});

for (const [folder, kind] of Object.entries(KINDS)) {
  describe(folder, { concurrency: kind.atATime ?? 1 }, () => {
    const files = readdirSync(join(__dirname, folder)).sort();
    for (const file of files) addTests(join(__dirname, folder, file), kind);
  });
}

function addTests(path: string, kind: Kind): void {
  const shown = relative(process.cwd(), path);
  let tests: readonly CaseTest[];
  let why: string;
  try {
    if (!path.endsWith(".yaml")) throw new Error(`${shown} is no case: its name must end with .yaml.`);
    ({ why, tests } = readCase(shown, kind));
  } catch (error) {
    it(shown, () => assert.fail(error as Error));
    return;
  }
  const name = shown.slice(shown.lastIndexOf("/") + 1, -".yaml".length);
  for (const { variant, run } of tests) {
    const title = variant === undefined ? name : `${name} (${variant})`;
    it(`${title}: ${why}`, (t) => withPath(shown, () => run(t)));
  }
}
