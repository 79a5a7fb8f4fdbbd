import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "./stage";

const ROOT = join(__dirname, "../../..");
/** Of the benchmark, below a checkout. */
const BENCH = "tests/bench";

/** This checkout's own benchmark. */
export const THIS_CHECKOUT = join(ROOT, BENCH);

/**
 * Takes the files of another commit out of git. Its proxy is bundled with the packages that are installed here.
 *
 * @returns the folder of its benchmark
 * @throws Error if there is no such commit, or if its benchmark has another form
 */
export function checkOut(stage: Stage, revision: string): string {
  const root = stage.path("against");
  const archive = stage.path("against.tar");
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  let commit: string;
  try {
    commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
  } catch {
    throw new Error(`--against: git knows no commit "${revision}"`);
  }
  mkdirSync(root);
  git("archive", `--output=${archive}`, commit, "proxy-image", "tests", "package.json", "tsconfig.json");
  execFileSync("tar", ["-xf", archive, "-C", root]);
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  for (const file of ["servers/egress.ts", "contenders/egress-policy.ts"]) {
    if (!existsSync(join(root, BENCH, file)))
      throw new Error(
        `--against: ${revision} has no ${BENCH}/${file}, so its proxy can't be started from here`,
      );
  }
  return join(root, BENCH);
}
