// Before `npm test`: programs without which tests could not say anything.
import { RequirementsError, ensurePrograms } from "./machine";

try {
  ensurePrograms("npm test", [
    { program: "openssl", package: "openssl", why: "makes the tests' certificates" },
  ]);
} catch (error) {
  if (!(error instanceof RequirementsError)) throw error;
  console.error(error.message);
  process.exit(1);
}
