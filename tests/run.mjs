// Needs the Node of node_modules: start it by `npm test` or `npm run test:cluster`.
// Runs one suite with node:test: `local` needs neither root nor a cluster, `cluster` needs both.
// Both end with node's own count of passed, failed and skipped tests; a skipped test prints its reason.
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";

const CLUSTER_SUITE = "tests/e2e/";

const suites = {
  local: { pick: (file) => !file.startsWith(CLUSTER_SUITE), concurrency: 2, timeoutSeconds: 60 },
  cluster: {
    pick: (file) => file.startsWith(CLUSTER_SUITE),
    concurrency: 1,
    timeoutSeconds: 900,
    options: [`--test-global-setup=${CLUSTER_SUITE}support/setup.ts`],
  },
};

const [name, ...only] = process.argv.slice(2);
const suite = suites[name];
if (!suite) {
  console.error(`usage: node tests/run.mjs ${Object.keys(suites).join("|")} [file ...]`);
  process.exit(2);
}

const files = only.length > 0 ? only : globSync("tests/**/*.test.ts").filter(suite.pick).sort();
const { status } = spawnSync(
  process.execPath,
  [
    "--import=tsx",
    "--test",
    "--test-reporter=spec",
    `--test-concurrency=${suite.concurrency}`,
    `--test-timeout=${suite.timeoutSeconds * 1000}`,
    ...(suite.options ?? []),
    ...files,
  ],
  { stdio: "inherit" },
);
process.exit(status ?? 1);
