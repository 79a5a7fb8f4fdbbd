import assert from "node:assert/strict";
import { Gitlab } from "@gitbeaker/rest";
import { check, denied, egress } from "./check.mjs";

const gitlab = new Gitlab({ host: egress("gitlab.com"), token: "glpat-1" });

await check("a project by its path", async () =>
  assert.equal((await gitlab.Projects.show("group/project")).id, 7),
);
await check("a file by its path", async () => {
  const file = await gitlab.RepositoryFiles.show("group/project", "src/main.ts", "main");
  assert.equal(file.file_path, "src/main.ts");
});
await check("pages by Link", async () => {
  const issues = await gitlab.Issues.all({ projectId: 7 });
  assert.deepEqual(
    issues.map(({ iid }) => iid),
    [1, 2],
  );
});
await check("error of the vendor", () => assert.rejects(gitlab.Projects.show("no/where"), /Not Found/));
await check("403 of the proxy", () => denied(() => gitlab.Users.showCurrentUser()));
