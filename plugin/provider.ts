import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ComponentResourceOptions, Inputs, Resource } from "@pulumi/pulumi";
import type { ConstructResult, Provider } from "@pulumi/pulumi/provider";
import { EgressLockdown, type EgressLockdownArgs, EgressProxy, type EgressProxyArgs } from "../index";
import { packageRoot, packageVersion } from "../component/package";

/** The part of `schema.json` that this file reads. */
interface Schema {
  resources: Record<string, { properties: object }>;
}

/**
 * Creates the components for programs in other languages than TypeScript.
 *
 * Pulumi's own host of TypeScript components would infer the schema at each start, for which it needs the sources, and
 * knows neither integers nor descriptions of types. This one gives the schema of the package.
 */
export class EgressProvider implements Provider {
  readonly version = packageVersion();
  readonly schema = readFileSync(join(packageRoot(), "schema.json"), "utf8");
  private readonly resources = (JSON.parse(this.schema) as Schema).resources;

  construct(
    name: string,
    type: string,
    inputs: Inputs,
    options: ComponentResourceOptions,
  ): Promise<ConstructResult> {
    const component = create(name, type, inputs, options);
    const outputs = component as unknown as Record<string, unknown>;
    const names = Object.keys(this.resources[type]!.properties);
    const state = Object.fromEntries(names.map((name) => [name, outputs[name]]));
    return Promise.resolve({ urn: component.urn, state });
  }
}

function create(name: string, type: string, inputs: Inputs, options: ComponentResourceOptions): Resource {
  switch (type) {
    case "k8s-egress:index:EgressProxy":
      return new EgressProxy(name, inputs as EgressProxyArgs, options);
    case "k8s-egress:index:EgressLockdown":
      return new EgressLockdown(name, inputs as EgressLockdownArgs, options);
    default:
      throw new Error(`k8s-egress has no resource of type ${type}`);
  }
}
