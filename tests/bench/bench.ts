import { writeFileSync } from "node:fs";
import { startAll } from "./contenders/all";
import type { Contender } from "./contenders/contender";
import { HEADERS } from "./measure";
import { type Options, USAGE, parseOptions } from "./options";
import { document } from "./report/document";
import { figureTable, targetTable } from "./report/table";
import { quietness } from "./report/quiet";
import { results } from "./report/targets";
import { comparePolicies } from "./policies";
import { policyResults, policyTable } from "./report/policies";
import { type Runner, compare, warmUp, warmUpStreams } from "./rounds";
import { bundle } from "./stage/bundle";
import { watchMachine } from "./stage/machine";
import { untilAnswers } from "./stage/answers";
import { Stage } from "./stage/stage";
import { findTools } from "./stage/tools";
import { PATHS } from "./stage/third-parties";
import { startUpstream } from "./stage/upstream";
import { trace } from "./trace/trace";

/** Speed beside that of other proxies, on this machine, now. Ends with a table; nothing stays but a JSON file. */
async function main(options: Options): Promise<void> {
  const tools = findTools();
  const machine = await watchMachine();
  const stage = new Stage();
  if (options.trace) {
    console.log(await trace(stage, tools, options));
    stage.clear();
    return;
  }
  const scene = { stage, tools, upstream: await startUpstream(stage, tools) };
  const contenders = await startAll(scene, options.against);
  await ready(contenders);
  const runner: Runner = {
    tools,
    options,
    processes: stage.processes,
    generator: await bundle(stage, "load/open-loop.ts"),
    streamClients: await bundle(stage, "load/stream-clients.ts"),
    progress: (text) => process.stderr.write(`bench: ${text}\n`),
  };

  await warmUp(contenders, runner);
  await warmUpStreams(contenders, runner);
  const { series, rate } = await compare(contenders, runner);
  // Only now: processes that wait still take memory and caches.
  const policies = options.processes > 0 ? await comparePolicies(scene, runner, options.processes) : [];
  stage.clear();

  const found = [...results(series), ...policyResults(policies)];
  console.log(`\nmedians of ${options.rounds} rounds of ${options.seconds} s; fixed rate ${rate}/s\n`);
  console.log(`${quietness(machine, series)}\n`);
  console.log(`${figureTable(series)}\n`);
  if (policies.length > 0) console.log(`${policyTable(policies)}\n`);
  console.log(`${targetTable(found)}\n`);
  writeFileSync(options.json, document(options, { series, rate, policies }, found));
  console.log(`all of it, by rounds: ${options.json}`);
}

function ready(contenders: readonly Contender[]): Promise<unknown> {
  return Promise.all(contenders.map(({ name, port }) => untilAnswers(name, port, PATHS.small, HEADERS)));
}

try {
  main(parseOptions(process.argv.slice(2))).catch(fail);
} catch (error) {
  console.error(USAGE);
  fail(error);
}

function fail(error: unknown): void {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
