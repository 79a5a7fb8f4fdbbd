import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isPolicyFile, joinPolicyFiles } from "./files";
import { policyHash } from "./hash";
import type { Policy } from "./policy";
import { parsePolicy } from "./validate";

/** The policy can't be read, or does not have the hash that the pod was given. */
export class PolicyFileError extends Error {
  override readonly name = "PolicyFileError";
}

/**
 * Reads the policy that a pod was started for.
 *
 * @param path a folder with its files, or one file with all of it
 * @param sha256 hash of its text; a text with another hash is an error, so that pods and policy always match
 * @throws PolicyFileError, InvalidPolicyError
 */
export function loadPolicy(path: string, sha256: string): Policy {
  const text = read(path);
  const found = policyHash(text);
  if (found !== sha256) {
    throw new PolicyFileError(
      `the policy ${path} has the SHA-256 ${found}, but this pod is to obey ${sha256}; ` +
        "the ConfigMap was changed by hand, or the pod mounts another one: run `pulumi up` again",
    );
  }
  return parsePolicy(text);
}

/** @throws PolicyFileError */
function read(path: string): string {
  try {
    if (!statSync(path).isDirectory()) return readFileSync(path, "utf8");
    const names = readdirSync(path).filter(isPolicyFile);
    return joinPolicyFiles(
      Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name), "utf8")])),
    );
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new PolicyFileError(`can't read the policy ${path}: ${code ?? message}`);
  }
}
