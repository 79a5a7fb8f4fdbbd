import { RequirementsError, ensurePrograms, findProgram } from "../../requirements/machine";
import type { Requirement } from "../../requirements/plan";

/** Programs without which nothing can be measured. */
const PROGRAMS = [
  { program: "nginx", package: "nginx-light", why: "is what the proxy is measured against" },
  { program: "wrk", package: "wrk", why: "makes the load" },
  { program: "openssl", package: "openssl", why: "makes certificates" },
  { program: "haproxy", package: "haproxy", why: "is measured beside it" },
] as const satisfies readonly Requirement[];

/** Where the programs are. */
export type Tools = Readonly<Record<(typeof PROGRAMS)[number]["program"], string>>;

/** @throws RequirementsError that names what to install */
export function findTools(): Tools {
  if (process.platform !== "linux") throw new RequirementsError("the benchmark reads /proc: it needs Linux");
  ensurePrograms("npm run bench", PROGRAMS);
  return Object.fromEntries(PROGRAMS.map(({ program }) => [program, findProgram(program)!])) as Tools;
}
