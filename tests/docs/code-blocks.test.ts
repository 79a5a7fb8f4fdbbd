// Every block of code in README.md and docs/ is checked as far as its language allows here; `text` marks diagrams and
// output. The programs of docs/first-five-minutes.md also run, in tests/e2e.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parser as promql } from "@prometheus-io/lezer-promql";
import { parseAllDocuments } from "yaml";
import { findProgram } from "../requirements/machine";
import { parseCorefile } from "../../proxy-image/src/stubdomain/corefile/server-blocks";
import { type Block, allBlocks, root } from "./support/blocks";
import { compile } from "./support/compile";
import { shellProblems } from "./support/shell";

const blocks = allBlocks();
const of = (...languages: string[]): Block[] => blocks.filter(({ language }) => languages.includes(language));

/** Fails with the page and line of each block in which something is wrong. */
function expectNone(these: readonly Block[], problemsIn: (code: string) => readonly string[]): void {
  assert.ok(these.length > 0);
  const problems = these.flatMap(({ file, line, code }) =>
    problemsIn(code).map((problem) => `${file}:${line}: ${problem}`),
  );
  assert.deepEqual(problems, []);
}

/** What an exception says. */
function problemOf(check: () => unknown): string[] {
  try {
    check();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Whether the parser had to skip something. */
function hasPromQlError(query: string): boolean {
  const cursor = promql.parse(query).cursor();
  do if (cursor.type.isError) return true;
  while (cursor.next());
  return false;
}

const CHECKED = "ts python go csharp java yaml json sh console promql corefile".split(" ");

describe("code in the documentation", () => {
  it("is in a language that is checked here, or `text`", () => {
    const others = blocks.filter(({ language }) => ![...CHECKED, "text"].includes(language));
    assert.deepEqual(
      others.map(({ file, line, language }) => `${file}:${line}: ${language || "no language"}`),
      [],
    );
  });

  it("TypeScript compiles against the package", () => assert.deepEqual(compile(of("ts")), []));

  it("Python parses", { skip: !findProgram("python3") && "python3 is not on PATH" }, () => {
    expectNone(of("python"), (code) => {
      const { status, stderr } = spawnSync(
        "python3",
        ["-c", "import ast, sys; ast.parse(sys.stdin.read())"],
        {
          input: code,
          encoding: "utf8",
        },
      );
      return status === 0 ? [] : [stderr.trim().split("\n").at(-1)!];
    });
  });

  it("Go, C# and Java are examples, which `npm run test:languages` compiles", () => {
    const examples = new Set(
      globSync("examples/*/{go,csharp,java}/**/*.{go,cs,java}", { cwd: root }).map((file) =>
        readFileSync(join(root, file), "utf8"),
      ),
    );
    expectNone(of("go", "csharp", "java"), (code) => (examples.has(code) ? [] : ["is no file of examples/"]));
  });

  it("YAML parses", () => {
    expectNone(of("yaml"), (code) =>
      parseAllDocuments(code).flatMap((document) => document.errors.map(({ message }) => message)),
    );
  });

  it("JSON parses", () => expectNone(of("json"), (code) => problemOf(() => JSON.parse(code))));

  it("shell commands parse, and the scripts and commands that they name exist", () => {
    expectNone(of("sh"), shellProblems);
    const commandsOf = (code: string) =>
      code
        .split("\n")
        .filter((line) => line.startsWith("$ "))
        .map((line) => line.slice(2))
        .join("\n");
    expectNone(of("console"), (code) => shellProblems(commandsOf(code)));
  });

  it("PromQL parses", () => {
    // A query for each line.
    expectNone(of("promql"), (code) => code.trimEnd().split("\n").filter(hasPromQlError));
  });

  it("Corefiles parse", () => expectNone(of("corefile"), (code) => problemOf(() => parseCorefile(code))));
});

describe("the checks of code in the documentation", () => {
  const block = (code: string): Block => ({ file: "a.md", line: 5, language: "ts", code, headings: [] });

  it("find wrong TypeScript, and where", () => {
    const wrong = [
      block(`import { EgressProxy } from "k8s-egress";\n\nnew EgressProxy("a", {});\n`),
      block("egress.urlsFor('api.stripe.com');"),
    ];
    const [first, second, ...others] = compile(wrong);
    assert.match(
      first!,
      /^a\.md:7: Argument of type '\{\}' is not assignable to parameter of type 'EgressProxyArgs'/,
    );
    assert.match(second!, /^a\.md:5: Property 'urlsFor' does not exist/);
    assert.deepEqual(others, []);
  });

  it("find wrong commands and queries", () => {
    assert.match(shellProblems("npm run nothing")[0]!, /no script nothing/);
    assert.match(
      shellProblems("npx k8s-egress dns delete")[0]!,
      /no command dns delete; there are can-i, .*dns print/,
    );
    assert.match(shellProblems("if true")[0]!, /syntax error/);
    assert.ok(hasPromQlError("sum by (client increase(x[1d])"));
    assert.deepEqual(shellProblems("npm run demo && npx k8s-egress dns remove --dry-run"), []);
  });
});
