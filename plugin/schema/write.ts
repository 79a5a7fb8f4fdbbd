// `npm run schema`: writes schema.json anew, after a change of the argument types.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { inferSchema } from "./infer";

const root = resolve(__dirname, "../..");
writeFileSync(resolve(root, "schema.json"), inferSchema(root));
