import type * as pulumi from "@pulumi/pulumi";
import type { EgressProxyArgs } from "../args/egress-proxy";
import { isDeferred, type Problems } from "./checks/problems";

type Aliases = pulumi.ComponentResourceOptions["aliases"];

/**
 * Adds a problem if a component was renamed, and its objects would be too: with an alias Pulumi finds the children's
 * state, and then replaces all of them, because their names are other ones. New and old objects exclude each other (one
 * domain is served once), so that would fail half-way.
 */
export function checkRename(
  name: string,
  { instance }: EgressProxyArgs,
  aliases: Aliases,
  problems: Problems,
): void {
  if (instance !== undefined) return;
  const former = (aliases ?? []).map(nameOf).find((alias) => alias !== undefined && alias !== name);
  if (former === undefined) return;
  problems.add(
    "instance",
    `is missing, and by its aliases this component was "${former}", so all its objects would be replaced; ` +
      `give instance: "${former}", and keep it when the alias goes`,
  );
}

/** The name that an alias stands for, if it says one that is known already. */
function nameOf(alias: NonNullable<Aliases>[number]): string | undefined {
  if (isDeferred(alias)) return undefined;
  const name = typeof alias === "string" ? alias.split("::").at(-1) : (alias as pulumi.Alias).name;
  return typeof name === "string" ? name : undefined;
}
