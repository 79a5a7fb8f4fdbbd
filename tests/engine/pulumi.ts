import { execFileSync } from "node:child_process";

/** Why tests of the real engine are skipped, or false where `pulumi` is on PATH: it is no npm package. */
export const withoutPulumi: string | false = pulumiOnPath() ? false : "pulumi is not on PATH";

function pulumiOnPath(): boolean {
  try {
    execFileSync("pulumi", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
