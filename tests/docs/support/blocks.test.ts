import assert from "node:assert/strict";
import { it } from "node:test";
import { blocksOf } from "./blocks";

it("the blocks of a page are found, with where and under what they are", () => {
  const page = [
    "# Title",
    "## First",
    "`index.ts`:",
    "",
    "```ts",
    "const a = 1;",
    "```",
    "## Second",
    "- item",
    "",
    "  ```sh",
    "  ls",
    "  ```",
    "",
    "````text",
    "```",
    "````",
    "```",
    "x",
    "```",
  ].join("\n");
  assert.deepEqual(blocksOf("a.md", page), [
    {
      file: "a.md",
      line: 6,
      language: "ts",
      code: "const a = 1;\n",
      name: "index.ts",
      headings: ["Title", "First"],
    },
    { file: "a.md", line: 12, language: "sh", code: "ls\n", headings: ["Title", "Second"] },
    { file: "a.md", line: 16, language: "text", code: "```\n", headings: ["Title", "Second"] },
    { file: "a.md", line: 19, language: "", code: "x\n", headings: ["Title", "Second"] },
  ]);
});
