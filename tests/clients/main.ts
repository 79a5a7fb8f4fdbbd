import { parseArgs } from "node:util";
import { CLIENTS, type Client } from "./clients";
import { providePrograms } from "./stage/programs";
import { startDns } from "./stage/dns";
import { install, whyMissing } from "./stage/install";
import { isInside, runInside, setUpNamespace, whyNoNamespace } from "./stage/namespace";
import { versionOf } from "./stage/pins";
import { startProxy } from "./stage/proxy";
import { type Row, summary, table } from "./stage/report";
import { runClient } from "./stage/run";
import { type VendorServer, startVendors } from "./stage/vendor-server";
import { VENDORS } from "./vendors/all";

/** Released clients and SDKs through the proxy's process, against pretended third parties: see README.md. */
async function main(): Promise<number> {
  const { quick, only } = options();
  const chosen = CLIENTS.filter(
    ({ name, language }) =>
      (!quick || (language !== "go" && language !== "java")) &&
      (only.length === 0 || only.some((part) => name.includes(part))),
  );
  if (chosen.length === 0) throw new Error(`no client is called ${only.join(" or ")}`);
  if (isInside()) return inside(chosen);

  providePrograms(quick);
  const reason = whyNoNamespace();
  if (reason !== undefined) {
    // What runs nothing must not look as if all had passed.
    console.error(`none of ${chosen.length} clients was run: ${reason}`);
    return 2;
  }
  // Node's clients always: the vendors on AWS verify signatures by a package of theirs.
  const languages = new Set(["node" as const, ...chosen.map(({ language }) => language)]);
  for (const language of languages) {
    if (language !== "command" && whyMissing(language, "") === undefined) install(language);
  }
  return runInside(__filename, process.argv.slice(2));
}

function options(): { quick: boolean; only: string[] } {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  return { quick: values.quick, only: values.only };
}

async function inside(clients: readonly Client[]): Promise<number> {
  setUpNamespace();
  const dns = await startDns(VENDORS.flatMap(({ hosts }) => hosts));
  const vendors = await startVendors(VENDORS);
  const proxy = await startProxy(VENDORS, vendors.authority.ca);
  const rows: Row[] = [];
  try {
    for (const client of clients) {
      const row = await tryClient(client, vendors);
      rows.push(row);
      console.log(`${row.outcome.padEnd(7)} ${row.client}`);
      for (const detail of row.details) console.log(`    ${detail}`);
    }
  } finally {
    await proxy.stop();
    vendors.close();
    dns.close();
  }
  console.log(`\n${table(rows)}\n\n${summary(rows)}`);
  const failed = rows.some(({ outcome }) => outcome === "failed");
  if (failed) console.log(`the proxy's log is ${proxy.log}`);
  return failed ? 1 : 0;
}

async function tryClient(client: Client, vendors: VendorServer): Promise<Row> {
  const { name, language, setting } = client;
  const missing = whyMissing(language, client.package);
  if (missing !== undefined) {
    return { client: name, version: "-", setting, passed: missing, outcome: "skipped", details: [] };
  }
  const { checks, failure } = await runClient(client);
  const failed = checks.filter(({ ok }) => !ok);
  const complaints = vendors.takeComplaints();
  const wrong = failure !== undefined || failed.length > 0 || complaints.length > 0;
  return {
    client: name,
    version: versionOf(client),
    setting,
    passed: `${checks.length - failed.length}/${checks.length}`,
    outcome: wrong ? "failed" : "passed",
    details: [
      ...failed.map(({ check, detail }) => `${check}: ${detail ?? "failed"}`),
      ...complaints.map((complaint) => `the vendor: ${complaint}`),
      ...(failure === undefined ? [] : [failure]),
    ],
  };
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
