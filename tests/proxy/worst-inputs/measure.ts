import { worstInputs } from "./inputs";
import { LARGE, type Measured, SMALL } from "./measured";
import { PARSERS } from "./parsers";
import { WorkCounter } from "./work";

/** Inputs that are measured together: few, so that one that is too much work is seen among them. */
const TOGETHER = 24;

const counter = new WorkCounter("/proxy-image/src/");
const [small, large] = [worstInputs(SMALL), worstInputs(LARGE)];
for (const parser of PARSERS) {
  const run = (inputs: readonly string[]): number =>
    counter.stepsOf(() => {
      for (const input of inputs) {
        try {
          parser.read(input);
        } catch {
          // Rejected: that is work too.
        }
      }
    });
  // What is done once, at the first call, is no work on the input.
  run(small.slice(0, TOGETHER));
  for (let at = 0; at < small.length; at += TOGETHER) {
    const measured: Measured = {
      parser: parser.name,
      inputs: small.slice(at, at + TOGETHER).map((input) => `${input.slice(0, 8)}...${input.slice(-1)}`),
      small: run(small.slice(at, at + TOGETHER)),
      large: run(large.slice(at, at + TOGETHER)),
      bytes: LARGE * Math.min(TOGETHER, small.length - at),
    };
    process.stdout.write(`${JSON.stringify(measured)}\n`);
  }
}
