/** Whether a Connection field says that the connection ends after this message (RFC 9112 §9.3). */
export function closes(connection: string): boolean {
  return /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i.test(connection);
}
