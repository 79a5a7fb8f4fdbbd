/** The first few of a list as text: `a, b, c and 4 more`. */
export function someOf(texts: readonly string[], most: number, separator = ", "): string {
  if (texts.length <= most) return texts.join(separator);
  return `${texts.slice(0, most).join(separator)} and ${texts.length - most} more`;
}
