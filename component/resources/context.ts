import type { EgressProxyArgs } from "../args/egress-proxy";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../names";
import type { Settings } from "../settings";

/** What the parts of an EgressProxy share. */
export interface Context {
  /** Prefix of the children's Pulumi names. */
  readonly name: string;
  /** First part of the Kubernetes objects' names. */
  readonly instance: string;
  readonly names: Names;
  readonly settings: Settings;
  /** The arguments, including the user's Inputs. */
  readonly args: EgressProxyArgs;
  readonly parent: pulumi.ComponentResource;
}

/** The parts that run as pods. */
export type Part = "egress-proxy" | "egress-dns" | "egress-stub-domain";

/** Labels that select a part's pods. */
export function selector(context: Context, part: Part): Record<string, string> {
  return { "app.kubernetes.io/name": part, "app.kubernetes.io/instance": context.names.instance };
}

/** Labels of a part's objects: the user's, overridden by ours, because selectors depend on ours. */
export function labels(context: Context, part: Part): pulumi.Input<Record<string, pulumi.Input<string>>> {
  const ours = { ...selector(context, part), "app.kubernetes.io/part-of": "k8s-egress" };
  const theirs = context.args.labels;
  return theirs ? pulumi.output(theirs).apply((own) => ({ ...own, ...ours })) : ours;
}
