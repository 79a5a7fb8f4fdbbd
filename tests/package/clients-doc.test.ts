import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { CLIENTS } from "../clients/clients";

/** The table of `docs/clients.md`, of the same list that the suite of clients runs. */
function table(): string {
  const rows = CLIENTS.map(
    ({ name, setting }) => `| ${name} | ${setting === "URL" ? "the URL" : `\`${setting}\``} |`,
  );
  return ["| client | setting |", "| --- | --- |", ...rows].join("\n");
}

/** Without the blanks that align a table's columns. */
function squeezed(text: string): string {
  return text.replace(/ +/g, " ").replace(/-{3,}/g, "---").trim();
}

it("docs/clients.md has every client of the suite, with its setting", () => {
  const text = readFileSync("docs/clients.md", "utf8");
  const [, found = ""] = /<!-- clients: begin -->\n([^]*?)<!-- clients: end -->/.exec(text) ?? [];
  assert.equal(squeezed(found), squeezed(table()), `between the marks there must be:\n${table()}`);
});
