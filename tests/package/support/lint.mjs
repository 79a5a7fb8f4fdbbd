// node lint.mjs <folder> <tarball>: prints what publint and "Are the types wrong?" say of a package, as JSON. A program
// of its own, because tsx can't load the latter.
import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const [folder, tarball] = process.argv.slice(2);
const { messages, pkg } = await publint({ pkgDir: folder, pack: false, strict: true });
const { problems } = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
console.log(JSON.stringify([...messages.map((message) => formatMessage(message, pkg)), ...problems]));
