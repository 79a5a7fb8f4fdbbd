// Tries to abuse the proxy, and prints what came of it. Ends with 1 where anything came through.
import { bypass } from "./bypass";
import { desync } from "./desync";
import { type Figure, line } from "./figure";
import { fuzz } from "./fuzz";
import { names } from "./names";
import { policies } from "./policies";
import { responses } from "./responses";
import { soak } from "./soak";
import { ssrf } from "./ssrf";
import { upgrades } from "./upgrades";

/** The whole half hour is `tsx tests/abuse/soak.ts`. */
const SOAK_SECONDS = 20;
/** WebSocket handshakes. */
const HANDSHAKES = 5_000;
/** Violations that are shown of each kind. */
const SHOWN = 10;

async function main(): Promise<number> {
  let failed = 0;
  for (const step of [
    desync,
    ssrf,
    bypass,
    responses,
    policies,
    () => names(),
    () => fuzz(),
    () => upgrades(HANDSHAKES),
    () => soak(SOAK_SECONDS),
  ]) {
    const figure: Figure = await step();
    if (figure.tried < figure.atLeast)
      figure.violations.push(`only ${figure.tried} of at least ${figure.atLeast}`);
    console.log(line(figure));
    for (const violation of figure.violations.slice(0, SHOWN)) console.log(`     ${violation}`);
    if (figure.violations.length > 0) failed++;
  }
  return failed === 0 ? 0 : 1;
}

void main().then((code) => process.exit(code));
