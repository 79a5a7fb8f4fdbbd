/** One error in the document, and its position. */
export interface Mistake {
  /** Its position, in JavaScript's notation: `upstreams["api.stripe.com"].port`. */
  path: string;
  /** What is wrong, and how to correct it. */
  problem: string;
}

/** Checks one value; adds its errors to `mistakes`. */
export type Check = (value: unknown, path: string, mistakes: Mistake[]) => void;

/** A field that may be absent. */
export interface Optional {
  optional: Check;
}

/** Marks an object's field as optional. */
export function optional(check: Check): Optional {
  return { optional: check };
}

/** An object with exactly these fields. An unknown field is an error, because it would have no effect. */
export function object(fields: Record<string, Check | Optional>): Check {
  return (value, path, mistakes) => {
    if (!isRecord(value)) {
      wrong(mistakes, path, "must be an object", value);
      return;
    }
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(fields, name)) {
        mistakes.push({
          path: member(path, name),
          problem: `is unknown; known are ${Object.keys(fields).join(", ")}`,
        });
      }
    }
    for (const [name, field] of Object.entries(fields)) {
      const present = Object.hasOwn(value, name);
      if (typeof field === "function") {
        if (present) field(value[name], member(path, name), mistakes);
        else mistakes.push({ path: member(path, name), problem: "is missing" });
      } else if (present) {
        field.optional(value[name], member(path, name), mistakes);
      }
    }
  };
}

/** An object whose keys are data. */
export function record(key: Check, entry: Check, most: number): Check {
  return (value, path, mistakes) => {
    if (!isRecord(value)) {
      wrong(mistakes, path, "must be an object", value);
      return;
    }
    const entries = Object.entries(value);
    if (entries.length > most) mistakes.push({ path, problem: `must have at most ${most} entries` });
    for (const [name, item] of entries) {
      key(name, `${path}[${JSON.stringify(name)}]`, mistakes);
      entry(item, `${path}[${JSON.stringify(name)}]`, mistakes);
    }
  };
}

/** A list of at least `least` and at most `most` entries. */
export function list(entry: Check, least: number, most: number): Check {
  return (value, path, mistakes) => {
    if (!Array.isArray(value)) {
      wrong(mistakes, path, "must be a list", value);
      return;
    }
    if (value.length < least || value.length > most) {
      mistakes.push({ path, problem: `must have ${least} to ${most} entries, has ${value.length}` });
    }
    value.forEach((item, index) => entry(item, `${path}[${index}]`, mistakes));
  };
}

/** A whole number within bounds; `meaning` describes it with its unit. */
export function integer(least: number, most: number, meaning: string): Check {
  return (value, path, mistakes) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
      wrong(mistakes, path, `must be ${meaning}: a whole number from ${least} to ${most}`, value);
    }
  };
}

/** A number within bounds; `meaning` describes it. */
export function between(least: number, most: number, meaning: string): Check {
  return (value, path, mistakes) => {
    if (typeof value !== "number" || !(value >= least && value <= most)) {
      wrong(mistakes, path, `must be ${meaning}: a number from ${least} to ${most}`, value);
    }
  };
}

/** A text that `accepts` accepts. */
export function text(accepts: (value: string) => boolean, meaning: string): Check {
  return (value, path, mistakes) => {
    if (typeof value !== "string" || !accepts(value)) wrong(mistakes, path, `must be ${meaning}`, value);
  };
}

/** One of a few values. */
export function oneOf(...values: (string | number | boolean)[]): Check {
  return (value, path, mistakes) => {
    if (!values.includes(value as string)) {
      wrong(mistakes, path, `must be ${values.map((v) => JSON.stringify(v)).join(" or ")}`, value);
    }
  };
}

/** `path.name`, or `path["na.me"]` if the name is not an identifier. */
export function member(path: string, name: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** A JSON object: neither null nor a list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Long values and PEM texts are truncated: the message is for a log line. */
function wrong(mistakes: Mistake[], path: string, problem: string, value: unknown): void {
  const shown = value === undefined ? "nothing" : JSON.stringify(value);
  mistakes.push({
    path: path === "" ? "the policy" : path,
    problem: `${problem}; is ${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}`,
  });
}
