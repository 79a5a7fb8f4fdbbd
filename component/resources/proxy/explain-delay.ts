import * as pulumi from "@pulumi/pulumi";

/** Something that the provider is creating or updating. */
export interface Awaited {
  /** Known when the provider begins. */
  readonly since: pulumi.Output<unknown>;
  readonly resource: pulumi.Resource;
  /** Milliseconds that it usually takes at most. */
  readonly within: number;
}

/** Says what the provider does not: why something takes long. At a preview nothing does. */
export function explainDelay(
  { since, resource, within }: Awaited,
  message: string,
  component: pulumi.ComponentResource,
): void {
  since.apply(() => {
    const timer = setTimeout(() => void pulumi.log.warn(message, component), within);
    resource.urn.apply(() => clearTimeout(timer));
  });
}
