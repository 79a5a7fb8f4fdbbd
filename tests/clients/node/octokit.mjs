import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Octokit } from "octokit";
import { check, denied, egress } from "./check.mjs";

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const octokit = new Octokit({ auth: "ghp_1", baseUrl: egress("api.github.com"), log });
const repository = { owner: "octo", repo: "hello" };

await check("get", async () =>
  assert.equal((await octokit.rest.repos.get(repository)).data.full_name, "octo/hello"),
);
await check("pages by Link", async () => {
  const issues = await octokit.paginate(octokit.rest.issues.listForRepo, repository);
  assert.deepEqual(
    issues.map(({ number }) => number),
    [1, 2, 3],
  );
});
await check("a moved repository", async () => {
  const { data } = await octokit.rest.repos.get({ owner: "octo", repo: "old" });
  assert.equal(data.full_name, "octo/hello");
});
await check("an archive, from another host", async () => {
  const { data } = await octokit.rest.repos.downloadTarballArchive({ ...repository, ref: "main" });
  assert.equal(Buffer.from(data).toString(), "an archive");
});
await check("create", async () => {
  const { status, data } = await octokit.rest.issues.create({ ...repository, title: "Grüße" });
  assert.deepEqual([status, data.number], [201, 4]);
});
await check("error of the vendor", () =>
  assert.rejects(octokit.rest.issues.get({ ...repository, issue_number: 9 }), {
    status: 404,
    message: /Not Found/,
  }),
);
await check("403 of the proxy", () => denied(() => octokit.rest.gists.list()));
