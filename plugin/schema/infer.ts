import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AnalyzeResult, Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema, type PackageSpec, type Property } from "@pulumi/pulumi/provider/experimental/schema";

const NAME = "k8s-egress";
const COMPONENTS = new Set(["EgressProxy", "EgressLockdown"]);

/** Numbers that are not integers, or that an integer of 32 bits (Java, C#) can't hold. */
const NOT_INTEGERS = new Set([
  "MeshCircuitBreaker.jitterRatio",
  "Tracing.sampleRatio",
  "BodyLimits.request",
  "BodyLimits.response",
]);

interface Manifest {
  version: string;
  description: string;
  keywords: string[];
  license: string;
  homepage: string;
  repository: { url: string };
}

/**
 * The schema from which Pulumi generates SDKs: what Pulumi infers from the argument types, completed by what inference
 * does not give: descriptions of types, integers, and what the Registry shows.
 *
 * @param root Folder of the package, with its sources.
 * @returns The text of `schema.json`.
 */
export function inferSchema(root: string): string {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const { version, description } = manifest;
  const inferred = new Analyzer(root, NAME, { ...manifest }, COMPONENTS).analyze();
  const { components, typeDefinitions, dependencies } = inferred;
  const schema = generateSchema(NAME, version, description, components, typeDefinitions, dependencies, NAME);
  describeTypes(schema, inferred);
  for (const [token, { properties, inputProperties }] of owners(schema)) {
    for (const [name, property] of Object.entries({ ...properties, ...inputProperties })) {
      complete(property, `${token.slice(`${NAME}:index:`.length)}.${name}`);
    }
  }
  const whole = { ...registryMetadata(manifest), ...schema, language: languages(schema) };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

function describeTypes(schema: PackageSpec, { typeDefinitions }: AnalyzeResult): void {
  for (const [name, { description }] of Object.entries(typeDefinitions)) {
    if (description !== undefined) schema.types[`${NAME}:index:${name}`]!.description = description;
  }
}

function owners(
  schema: PackageSpec,
): [token: string, owner: { properties?: Properties; inputProperties?: Properties }][] {
  return [...Object.entries(schema.resources), ...Object.entries(schema.types)];
}

type Properties = Record<string, Property>;

/** `optional` is inference's own note: a schema says it by `required`. */
function complete(property: Property & { optional?: boolean }, path: string): void {
  delete property.optional;
  if ("type" in property && property.type === "number" && !NOT_INTEGERS.has(path)) property.type = "integer";
  for (const nested of [property.items, property.additionalProperties]) if (nested) complete(nested, path);
}

function registryMetadata({ keywords, license, homepage, repository }: Manifest): object {
  return {
    displayName: "Kubernetes Egress Proxy",
    publisher: NAME,
    keywords: [...keywords, "category/infrastructure", "kind/component"],
    license,
    homepage,
    repository: repository.url.replace(/^git\+/, "").replace(/\.git$/, ""),
    logoUrl: "https://raw.githubusercontent.com/k8s-egress/k8s-egress/main/docs/logo.svg",
    pluginDownloadURL: "github://api.github.com/k8s-egress/k8s-egress",
    // SDKs are built by the languages' own tools: the one for Go is a module.
    meta: { supportPack: true },
  };
}

/** Names of the SDKs' packages; the others follow from name and namespace. */
function languages({ language }: PackageSpec): PackageSpec["language"] {
  const { python, java } = language as Record<string, object>;
  return {
    ...language,
    python: { ...python, packageName: "k8s_egress", pyproject: { enabled: true } },
    java: { ...java, basePackage: "io.github" },
  };
}
