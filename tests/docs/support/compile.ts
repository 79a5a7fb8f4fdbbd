import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { type Block, root } from "./blocks";
import { GLOBALS } from "./globals";

const GLOBALS_FILE = join(root, "docs/globals.d.ts");
/** `upstreams.ts` of the pages' programs. */
const UPSTREAMS = join(root, "docs/upstreams.ts");

/** Declarations of libraries and of the package, which every compilation reads. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/**
 * Compiles blocks of TypeScript, each as a module beside its page, against the package's own declarations (`dist`).
 * Nothing is written.
 *
 * @returns what the compiler says, with page and line
 */
export function compile(blocks: readonly Block[]): string[] {
  const sources = new Map(
    blocks.map((block, index) => [join(root, `docs/block-${index}.ts`), { block, text: block.code }]),
  );
  const virtual = new Map<string, string>([
    // Whatever it imports or not, it is a module: its names are its own.
    ...[...sources].map(([file, { text }]) => [file, `${text}\nexport {};\n`] as const),
    [GLOBALS_FILE, GLOBALS],
    [UPSTREAMS, `import type { Upstream } from "k8s-egress";\nexport declare const upstreams: Upstream[];\n`],
  ]);
  const options = { ...compilerOptions(), noUnusedLocals: false, noEmit: true, noImplicitAny: true };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => virtual.has(file) || disk.fileExists(file),
    readFile: (file) => virtual.get(file) ?? disk.readFile(file),
    getSourceFile: (file, ...rest) => {
      const text = virtual.get(file);
      if (text !== undefined) return ts.createSourceFile(file, text, rest[0]);
      if (!parsed.has(file)) parsed.set(file, disk.getSourceFile(file, ...rest));
      return parsed.get(file);
    },
  };
  const program = ts.createProgram([GLOBALS_FILE, ...sources.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, "\n");
    const source = file && sources.get(file.fileName);
    if (!source) return `${file?.fileName ?? ""}: ${message}`;
    const { line } = file.getLineAndCharacterOfPosition(start!);
    return `${source.block.file}:${source.block.line + line}: ${message}`;
  });
}

function compilerOptions(): ts.CompilerOptions {
  const file = join(root, "tsconfig.test.json");
  const { config } = ts.readConfigFile(file, (path) => readFileSync(path, "utf8")) as { config: object };
  return ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root).options;
}
