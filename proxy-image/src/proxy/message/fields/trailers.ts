import { type FieldName, fieldName } from "./header-filter";

/** Fields that would change how a message is read after it has been read (RFC 9110 §6.5.1). */
const NOT_IN_TRAILERS =
  /^(?:host|content-(?:encoding|length|type|range|location)|transfer-encoding|cache-control|expires|date|vary|age|pragma|range|if-.*|max-forwards|authorization|set-cookie|cookie|www-authenticate|location|refresh|link|retry-after|expect|via)$/;

/** Trailer fields that may be sent to the third party; as pairs, as Node takes them. */
export function requestTrailers(raw: readonly string[]): [string, string][] {
  // Some servers merge trailers into the header fields, for which the rules have already decided.
  return pairs(raw, ({ staysInside, overrides }) => staysInside || overrides !== undefined);
}

/** Trailer fields that may be sent back to the client. */
export function responseTrailers(raw: readonly string[]): [string, string][] {
  return pairs(raw, ({ staysOutside }) => staysOutside);
}

function pairs(raw: readonly string[], isRemoved: (name: FieldName) => boolean): [string, string][] {
  const kept: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = fieldName(raw[i]!);
    if (!isRemoved(name) && !NOT_IN_TRAILERS.test(name.canonical)) kept.push([raw[i]!, raw[i + 1]!]);
  }
  return kept;
}
