import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EgressProxy } from "../../index";
import { version } from "../../package.json";
import { runProgram } from "../harness/monitor";
import { ARGUMENTS, NAME } from "./arguments";

/** Writes what this version registers, which later versions must be able to take over. */
async function record(): Promise<void> {
  const { resources } = await runProgram(() => {
    new EgressProxy(NAME, ARGUMENTS);
  });
  const children = resources
    .filter(({ custom }) => custom)
    .map(({ type, name, inputs }) => ({ type, name, inputs }));
  const file = join(__dirname, "recorded", `${version}.json`);
  writeFileSync(file, `${JSON.stringify(children, undefined, 2)}\n`);
  console.log(`${file}: ${children.length} resources`);
}

void record();
