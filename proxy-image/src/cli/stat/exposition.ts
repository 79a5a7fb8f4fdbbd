/** Values by series, a series as its text: `name{label="value"}`. */
export type Values = ReadonlyMap<string, number>;

/** Labels of a series. */
export type Labels = Readonly<Record<string, string>>;

/**
 * Reads Prometheus' text format, version 0.0.4.
 *
 * @param names metrics to keep, with their suffixes (`_bucket`)
 */
export function valuesOf(text: string, names: ReadonlySet<string>): Values {
  const values = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    // Labels may have spaces and braces in their quotes; after them are only numbers: the value, and perhaps a time.
    const end = line.includes("{") ? line.lastIndexOf("}") + 1 : line.indexOf(" ");
    const series = line.slice(0, Math.max(end, 0));
    if (!names.has(nameOf(series))) continue;
    const value = numberOf(line.slice(end + 1).split(" ")[0]!);
    if (value !== undefined) values.set(series, value);
  }
  return values;
}

/** The metric's name of a series. */
export function nameOf(series: string): string {
  const end = series.indexOf("{");
  return end === -1 ? series : series.slice(0, end);
}

/** The labels of a series. */
export function labelsOf(series: string): Labels {
  const start = series.indexOf("{");
  const labels: Record<string, string> = {};
  if (start === -1) return labels;
  for (
    let at = start + 1, equals = series.indexOf('="', at);
    equals !== -1;
    equals = series.indexOf('="', at)
  ) {
    const end = closingQuote(series, equals + 2);
    labels[series.slice(at, equals)] = unescaped(series.slice(equals + 2, end));
    // Past the quote and the comma.
    at = end + 2;
  }
  return labels;
}

function numberOf(text: string): number | undefined {
  if (text === "+Inf") return Infinity;
  if (text === "-Inf") return -Infinity;
  const value = Number(text);
  return text === "" || Number.isNaN(value) ? undefined : value;
}

/** Place of the quote that ends a label's value. */
function closingQuote(series: string, from: number): number {
  let at = from;
  while (at < series.length && series[at] !== '"') at += series[at] === "\\" ? 2 : 1;
  return at;
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
}
