/** The bytes do not answer the question, or the question can't be sent. */
export class DnsMessageError extends Error {
  override readonly name = "DnsMessageError";
}
