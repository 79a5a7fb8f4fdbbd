/** Position of the URL in a Refresh field's value. */
export interface RefreshTarget {
  /** Index of the URL's first character. */
  readonly start: number;
  /** Index after its last character. */
  readonly end: number;
}

/**
 * Finds the URL in a Refresh field's value, as browsers do (HTML, "shared declarative refresh steps"): seconds, then
 * `;`, `,` or a blank, then the URL, with or without `url=` and quotes. One pass: a regular expression with two runs of
 * blanks stopped the event loop for two seconds.
 *
 * @returns undefined if it names no URL
 */
export function refreshTarget(value: string): RefreshTarget | undefined {
  const seconds = skip(value, 0, isBlank);
  const afterSeconds = skip(value, seconds, isSeconds);
  if (afterSeconds === seconds) return undefined;
  const separator = skip(value, afterSeconds, isBlank);
  const separated = value[separator] === ";" || value[separator] === ",";
  if (!separated && separator === afterSeconds) return undefined;
  let start = skip(value, separated ? separator + 1 : separator, isBlank);
  if (value.slice(start, start + 3).toLowerCase() === "url") {
    const equals = skip(value, start + 3, isBlank);
    if (value[equals] === "=") start = skip(value, equals + 1, isBlank);
  }
  const quote = value[start];
  if (quote === '"' || quote === "'") {
    const close = value.indexOf(quote, start + 1);
    return { start: start + 1, end: close === -1 ? value.length : close };
  }
  return start < value.length ? { start, end: value.length } : undefined;
}

function skip(text: string, from: number, matches: (code: number) => boolean): number {
  let at = from;
  while (at < text.length && matches(text.charCodeAt(at))) at++;
  return at;
}

/** ASCII whitespace that is valid in a field value. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Digits and dots. */
function isSeconds(code: number): boolean {
  return code === 0x2e || (code >= 0x30 && code <= 0x39);
}
