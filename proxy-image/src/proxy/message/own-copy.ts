/** A copy of a text in latin1, because a substring keeps the whole text in memory: of a request, its head. */
export function ownCopy(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}
