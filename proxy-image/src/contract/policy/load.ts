import { readFileSync } from "node:fs";
import { policyHash } from "./hash";
import type { Policy } from "./policy";
import { parsePolicy } from "./validate";

/** The policy's file can't be read, or does not have the hash that the pod was given. */
export class PolicyFileError extends Error {
  override readonly name = "PolicyFileError";
}

/**
 * Reads the policy that a pod was started for.
 *
 * @param sha256 hash of the file's bytes; a file with another hash is an error, so that pods and policy always match
 * @throws PolicyFileError, InvalidPolicyError
 */
export function loadPolicy(file: string, sha256: string): Policy {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new PolicyFileError(
      `can't read the policy ${file}: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}`,
    );
  }
  const found = policyHash(bytes);
  if (found !== sha256) {
    throw new PolicyFileError(
      `the policy ${file} has the SHA-256 ${found}, but this pod is to obey ${sha256}; ` +
        "the ConfigMap was changed by hand, or the pod mounts another one: run `pulumi up` again",
    );
  }
  return parsePolicy(bytes.toString("utf8"));
}
