/** What a value of a case file must be. */
export interface Shape<T> {
  /** What would be right, for the message: `a number`. */
  readonly what: string;
  /**
   * @param at path of the value: `expect.status`
   * @throws FormatError
   */
  read(value: unknown, at: string): T;
}

/** A value of a case file is not what its format says. */
export class FormatError extends Error {
  constructor(at: string, wrong: string, right: string) {
    super(`${at === "" ? "the file" : at} ${wrong}. Right: ${right}.`);
  }
}

type Fields = Record<string, Shape<unknown>>;
type Read<F extends Fields> = { [K in keyof F]: F[K] extends Shape<infer T> ? T : never };

function shape<T>(what: string, is: (value: unknown) => value is T): Shape<T> {
  return {
    what,
    read(value, at) {
      if (is(value)) return value;
      throw new FormatError(at, given(value), what);
    },
  };
}

export const text = shape("a text", (value): value is string => typeof value === "string" && value !== "");
export const number = shape("a number", (value): value is number => typeof value === "number");
export const flag = shape("true or false", (value): value is boolean => typeof value === "boolean");
/** A mapping that somebody else checks: the proxy's own validation of its policy. */
export const mapping = shape("a mapping", (value): value is Record<string, unknown> => isMapping(value));

export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  return shape(`one of ${words.join(", ")}`, (value): value is T => words.includes(value as T));
}

export function optional<T>(of: Shape<T>): Shape<T | undefined> {
  return { what: of.what, read: (value, at) => (value === undefined ? undefined : of.read(value, at)) };
}

export function list<T>(of: Shape<T>): Shape<T[]> {
  const what = `a list, each ${of.what}`;
  return {
    what,
    read(value, at) {
      if (Array.isArray(value) && value.length > 0)
        return value.map((item, index) => of.read(item, `${at}[${index}]`));
      throw new FormatError(at, value === undefined ? "is missing" : "is no list or an empty one", what);
    },
  };
}

/** One or more: what is no list stands for a list of one. */
export function oneOrMore<T>(of: Shape<T>): Shape<T[]> {
  const more = list(of);
  return {
    what: `${of.what}, or a list of them`,
    read: (value, at) => (Array.isArray(value) ? more.read(value, at) : [of.read(value, at)]),
  };
}

/** The first of two shapes where the value is a mapping or list, as `first` needs it; else the second. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  const what = `${first.what}, or ${second.what}`;
  return {
    what,
    read(value, at) {
      if (value === undefined) throw new FormatError(at, "is missing", what);
      return typeof value === "object" ? first.read(value, at) : second.read(value, at);
    },
  };
}

export function mapOf<T>(of: Shape<T>): Shape<Record<string, T>> {
  return {
    what: `a mapping, each ${of.what}`,
    read(value, at) {
      const entries = Object.entries(mapping.read(value, at));
      return Object.fromEntries(entries.map(([key, item]) => [key, of.read(item, below(at, key))]));
    },
  };
}

/** A mapping with these keys and no others; those that are `optional` may be absent. */
export function object<F extends Fields>(fields: F): Shape<Read<F>> {
  const known = Object.keys(fields);
  const what = `a mapping with the keys ${known.join(", ")}`;
  return {
    what,
    read(value, at) {
      if (!isMapping(value)) throw new FormatError(at, given(value), what);
      for (const key of Object.keys(value)) {
        if (!known.includes(key))
          throw new FormatError(below(at, key), "is no key of this format", `one of ${known.join(", ")}`);
      }
      const read = known.map((key) => [key, fields[key]!.read(value[key], below(at, key))]);
      return Object.fromEntries(read) as Read<F>;
    },
  };
}

function given(value: unknown): string {
  return value === undefined ? "is missing" : `is ${JSON.stringify(value)}`;
}

function below(at: string, key: string): string {
  return at === "" ? key : `${at}.${key}`;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
