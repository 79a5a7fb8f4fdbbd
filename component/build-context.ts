import { createHash } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** What the image is built from, below `proxy-image/`. */
const FILES = ["Dockerfile", ".dockerignore", "dist/app.tar"];

/** The same folder on every machine; TMPDIR and a home are not. */
const TEMPORARY = process.platform === "win32" ? tmpdir() : "/tmp";

/**
 * A copy of the image's build context, at a path that names its content.
 *
 * Pulumi's state records the path and the modes of the files, and a change of either is an update of the image. The
 * package's own folder is elsewhere in each checkout, and in the user's home where Pulumi installs the package as a
 * plugin.
 *
 * @param source The package's own folder of the image
 * @param parent Where copies are kept
 * @returns `source` if the copy's path belongs to another user, who could change the copy
 */
export function buildContext(source: string, parent = TEMPORARY): string {
  const contents = FILES.map((name) => ({ name, content: readFileSync(join(source, name)) }));
  const hash = createHash("sha256");
  for (const { name, content } of contents) hash.update(`${name} ${content.length}\0`).update(content);
  const copy = join(parent, `k8s-egress-image-${hash.digest("hex").slice(0, 12)}`);
  if (!isComplete(copy, contents)) {
    // Its files may have been deleted one by one: systemd-tmpfiles does that.
    if (isOurs(copy)) rmSync(copy, { recursive: true });
    create(copy, contents, parent);
  }
  return isOurs(copy) && isComplete(copy, contents) ? copy : source;
}

interface Content {
  readonly name: string;
  readonly content: Buffer;
}

function create(copy: string, contents: readonly Content[], parent: string): void {
  const unfinished = mkdtempSync(join(parent, ".k8s-egress-image-"));
  for (const { name, content } of contents) {
    const file = join(unfinished, name);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, content);
    // Whatever the umask is.
    chmodSync(file, 0o644);
    chmodSync(dirname(file), 0o755);
  }
  try {
    renameSync(unfinished, copy);
  } catch {
    // Another process made the same copy meanwhile, or another user took its name.
    rmSync(unfinished, { recursive: true });
  }
}

function isComplete(copy: string, contents: readonly Content[]): boolean {
  try {
    return contents.every(({ name, content }) => readFileSync(join(copy, name)).equals(content));
  } catch {
    return false;
  }
}

/** A folder, not a link to one, that only this user can change. */
function isOurs(copy: string): boolean {
  const stat = lstatSync(copy, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return false;
  return process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o022) === 0);
}
