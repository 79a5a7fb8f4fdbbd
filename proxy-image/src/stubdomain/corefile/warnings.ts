import type { Corefile } from "./corefile";

/**
 * Settings in a Corefile with which a stub domain works, but not well: one sentence each.
 *
 * `autopath` answers for the whole search path at once, from the plugins of its own block; a stub domain is another
 * block. So its names are first looked up where that block forwards to, before the client queries the plain name
 * (plugin/autopath).
 */
export function warningsAbout({ blocks }: Corefile): string[] {
  return blocks.flatMap(({ keys, line, directives }) =>
    directives
      .filter(({ name }) => name === "autopath")
      .map(
        () =>
          `the plugin "autopath" in the block "${keys.join(" ")}" (line ${line}) looks names up past the stub domain: ` +
          "each of its names costs a question to the servers that this block forwards to, and resolves to what they " +
          "answer, if they do",
      ),
  );
}
