import { createHash } from "node:crypto";

/** SHA-256 of a policy's text, in lower-case hexadecimal: the value of `--policy-sha256`. */
export function policyHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
