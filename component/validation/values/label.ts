/** RFC 1123 label, as Kubernetes requires of a namespace. */
const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

export const MAX_NAMESPACE_LENGTH = 63;

/** True for a text that can be part of a Kubernetes name. */
export function isLabel(name: unknown, maxLength: number): boolean {
  return typeof name === "string" && name.length <= maxLength && LABEL.test(name);
}
