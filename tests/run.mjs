// Runs one suite with node:test: `local` needs neither root nor a cluster, `cluster` needs both.
// Both end with node's own count of passed, failed and skipped tests; a skipped test prints its reason.
// Needs the Node of node_modules: start it by `npm test` or `npm run test:cluster`.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, globSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLUSTER_SUITE = "tests/e2e/";

const suites = {
  local: { pick: (file) => !file.startsWith(CLUSTER_SUITE), concurrency: 2, timeoutSeconds: 60 },
  cluster: { pick: (file) => file.startsWith(CLUSTER_SUITE), concurrency: 1, timeoutSeconds: 900 },
};

/** Options by which the suite `cluster` runs on another family of addresses than IPv4. */
const FAMILIES = ["--dual", "--ipv6"];
/** What depends on it: the cluster, the main job, DNS, NetworkPolicies, lockdown. */
const OF_FAMILIES = [
  ...[
    "cluster",
    "deploy",
    "egress-dns",
    "stubdomain",
    "stubdomain-controller",
    "network-policies",
    "lockdown",
  ],
].map((file) => `${CLUSTER_SUITE}${file}.test.ts`);

/** Option by which it runs on another Kubernetes; the cluster's programs read the variable. */
const VERSION = "--kubernetes=";

const [name, ...options] = process.argv.slice(2);
const suite = suites[name];
const family = name === "cluster" ? options.find((option) => FAMILIES.includes(option)) : undefined;
const version = name === "cluster" ? options.find((option) => option.startsWith(VERSION)) : undefined;
const only = options.filter((option) => option !== family && option !== version);
if (!suite || only.some((file) => file.startsWith("-"))) {
  console.error(
    `usage: node tests/run.mjs local [file ...]\n       node tests/run.mjs cluster [${FAMILIES.join("|")}] [${VERSION}1.36] [file ...]`,
  );
  process.exit(2);
}

if (version) process.env.K8S_EGRESS_KUBERNETES = version.slice(VERSION.length);

const all = () => globSync("tests/**/*.test.ts").filter(suite.pick).sort();
const files = only.length > 0 ? only : family ? OF_FAMILIES : all();

if (name === "local") {
  const { status: ready } = spawnSync(process.execPath, ["--import=tsx", "tests/requirements/cli.ts"], {
    stdio: "inherit",
  });
  if (ready !== 0) process.exit(1);
}

// Apart, so that no test waits for a compiler; a single file builds only what it uses.
const whole = name === "cluster" && only.length === 0 && !family;
if (whole && cluster("build") !== 0) process.exit(1);
// A quarter of an hour of compiling goes on beside the tests that need none of it, which mostly wait for the cluster.
const tools = whole ? startBuild("build-tools") : undefined;

/** What `status` ends with where there is no cluster. */
const NOT_RUNNING = 3;

// Interrupted, the tests end by themselves, and the cluster must still be stopped.
process.on("SIGINT", () => undefined);

/** One cluster for all files; one that is there already stays. */
const startedCluster = name === "cluster" && cluster("status") === NOT_RUNNING;
// One that is there may have other addresses or be of another version: that is an error of `start`.
if ((startedCluster || family || version) && cluster("start", ...(family ? [family] : [])) !== 0)
  process.exit(1);

const needsTools = (file) => /^tests\/e2e\/(?:engine|monitoring)/.test(file);
let status;
if (tools) {
  status = run(files.filter((file) => !needsTools(file)));
  const built = await tools;
  const later = run(files.filter(needsTools));
  status = status || later || built;
} else status = run(files);

// Without the engine its tests would have passed or failed for no reason.
const enforced = name === "cluster" ? cluster("check") : 0;
const stopped = startedCluster ? cluster("stop") : 0;
process.exit(status || (enforced ?? 1) || (stopped ?? 1));

/** Ends with node's count of the tests. Killed by a signal, a process has no status. */
function run(these) {
  const { status } = spawnSync(
    process.execPath,
    [
      "--import=tsx",
      "--test",
      "--test-reporter=spec",
      `--test-concurrency=${suite.concurrency}`,
      `--test-timeout=${suite.timeoutSeconds * 1000}`,
      ...these,
    ],
    { stdio: "inherit" },
  );
  return status ?? 1;
}

/** Resolves with the status. Nice, so that the tests come first; its output shows only if it fails. */
function startBuild(command) {
  const log = mkdtempSync(join(tmpdir(), "k8s-egress-build-"));
  const file = join(log, "output");
  const output = openSync(file, "w");
  const child = spawn(
    "nice",
    ["-n", "19", process.execPath, "--import=tsx", "tests/cluster/cli.ts", command],
    {
      stdio: ["ignore", output, output],
    },
  );
  closeSync(output);
  return once(child, "exit").then(([code]) => {
    if (code !== 0) console.error(readFileSync(file, "utf8"));
    rmSync(log, { recursive: true });
    return code ?? 1;
  });
}

function cluster(...command) {
  const { status } = spawnSync(process.execPath, ["--import=tsx", "tests/cluster/cli.ts", ...command], {
    stdio: "inherit",
  });
  return status;
}
