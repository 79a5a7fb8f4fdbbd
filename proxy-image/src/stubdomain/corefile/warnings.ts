import type { Corefile } from "./server-blocks";

/**
 * What in a Corefile makes a stub domain work worse than it could, though it works: one sentence each.
 *
 * `autopath` answers for the whole search path at once, from the plugins of its own block; a stub domain is another
 * block. So its names are asked of whatever that block forwards to, before the client asks for them as they are:
 * plugin/autopath.
 */
export function warningsAbout({ blocks }: Corefile): string[] {
  return blocks
    .filter(({ directives }) => directives.some(({ name }) => name === "autopath"))
    .map(
      ({ keys, line }) =>
        `the plugin "autopath" in the block "${keys.join(" ")}" (line ${line}) looks names up past the stub domain: ` +
        "each of its names costs a question to the servers that this block forwards to, and resolves to what they " +
        "answer, if they do",
    );
}
