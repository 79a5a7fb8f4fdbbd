import type { ObjectName } from "../contract/stub-domain/objects";

/**
 * Parses `namespace/name`.
 *
 * @param option for the error
 * @throws Error if the text has another form
 */
export function objectName(option: string, text: string): ObjectName {
  const name = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/.exec(
    text,
  );
  if (!name) throw new Error(`${option}: "${text}" is not namespace/name, such as "kube-system/coredns"`);
  return { namespace: name[1]!, name: name[2]! };
}

/**
 * Checks a name within a namespace.
 *
 * @param option for the error
 * @throws Error if no object can have it
 */
export function resourceName(option: string, text: string): string {
  if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(text)) {
    throw new Error(`${option}: "${text}" is not the name of an object, such as "coredns"`);
  }
  return text;
}
