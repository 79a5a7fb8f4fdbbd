/** The bytes are no answer to the question, or the question can't be asked. */
export class DnsMessageError extends Error {
  override readonly name = "DnsMessageError";
}
