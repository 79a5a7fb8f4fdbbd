// One program and all that it needs, in one text.
import { build } from "esbuild";

/**
 * What the proxy imports only where it is needed is a program of its own in the image, beside it. Without this it would
 * be part of the proxy's text, which V8 keeps in memory.
 */
const apart = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /\/trace\/tracing\.js$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./tracing.js", external: true } : undefined,
    );
  },
};

export async function programOf(entryPoint, banner) {
  const result = await build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    platform: "node",
    target: "node22.15",
    format: "cjs",
    minify: false,
    legalComments: "eof",
    banner: banner ? { js: banner } : {},
    logLevel: "warning",
    plugins: [apart],
  });
  return oneByte(result.outputFiles[0].text);
}

/**
 * A single character beyond Latin-1, and V8 keeps the whole text in two bytes per character: 1.8 MB for the proxy.
 * esbuild leaves them in comments only, and there as in strings an escape means the same.
 */
function oneByte(text) {
  return text.replace(/[^\0-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
