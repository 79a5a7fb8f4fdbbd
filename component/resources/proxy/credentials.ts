import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Context, labels } from "../context";

/** Folder of the credentials in the proxy's pod, one file each. */
export const CREDENTIALS_FOLDER = "/etc/k8s-egress-credentials";

type Volume = k8s.types.input.core.v1.Volume;

/**
 * The credentials as files of one volume, from the Secret created here and from the user's; without credentials no
 * volume.
 */
export function credentialsVolume(context: Context, namespace: pulumi.Input<string>): Volume[] {
  const entries = Object.entries(context.args.credentials ?? {});
  if (entries.length === 0) return [];
  const own = createSecret(context, namespace);
  const sources = entries.map(([name, { secretName, key }]) => ({
    secret:
      secretName !== undefined && key !== undefined
        ? { name: secretName, items: [{ key, path: name }] }
        : { name: own!.metadata.name, items: [{ key: name, path: name }] },
  }));
  return [{ name: "credentials", projected: { defaultMode: 0o444, sources } }];
}

/**
 * Pulumi replaces a Secret whose content changes. With a generated name the new one is created first, then the pods are
 * replaced, and the old one is deleted last. A name derived from the content would disclose information about it.
 */
function createSecret(context: Context, namespace: pulumi.Input<string>): k8s.core.v1.Secret | undefined {
  const values = Object.entries(context.args.credentials ?? {}).flatMap(([name, { value }]) =>
    value === undefined ? [] : [[name, pulumi.secret(value)] as const],
  );
  if (values.length === 0) return undefined;
  return new k8s.core.v1.Secret(
    `${context.name}-credentials`,
    {
      metadata: { namespace, labels: labels(context, "egress-proxy") },
      stringData: Object.fromEntries(values),
    },
    { parent: context.parent, additionalSecretOutputs: ["stringData", "data"] },
  );
}
