import { isNamespaceName, isServiceAccountName } from "./names";

/** A Kubernetes service account. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/**
 * Reads `namespace/name`, as metrics and logs name a client.
 *
 * @returns undefined if the text is no such name
 */
export function serviceAccountOf(text: string): ServiceAccount | undefined {
  const [namespace = "", serviceAccount = "", ...rest] = text.split("/");
  if (rest.length > 0 || !isNamespaceName(namespace) || !isServiceAccountName(serviceAccount))
    return undefined;
  return { namespace, serviceAccount };
}
