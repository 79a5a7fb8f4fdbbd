import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Commands without which nothing can be measured, with the Debian packages that have them. */
const NEEDED = { nginx: "nginx-light", wrk: "wrk", openssl: "openssl" } as const;

/** Where the commands are. */
export type Tools = Readonly<Record<keyof typeof NEEDED, string>> & { readonly haproxy?: string };

/** @throws Error that names the packages to install */
export function findTools(): Tools {
  if (process.platform !== "linux") throw new Error("the benchmark reads /proc: it needs Linux");
  const missing = Object.entries(NEEDED).filter(([command]) => !find(command));
  if (missing.length > 0) {
    const packages = missing.map(([, name]) => name).join(" ");
    throw new Error(`commands are missing: on Debian: apt-get install --no-install-recommends ${packages}`);
  }
  const haproxy = find("haproxy");
  if (!haproxy) console.error("bench: no HAProxy, so no figures of it; on Debian: apt-get install haproxy");
  return {
    nginx: find("nginx")!,
    wrk: find("wrk")!,
    openssl: find("openssl")!,
    ...(haproxy !== undefined && { haproxy }),
  };
}

/** Debian keeps servers in sbin, which is not on everybody's PATH. */
function find(command: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, command)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
