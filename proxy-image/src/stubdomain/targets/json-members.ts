import { TargetError } from "./error";

/** One `"key": value` of a JSON object, and its position. */
export interface JsonMember {
  key: string;
  value: unknown;
  start: number;
  end: number;
}

/** A JSON object's text, split so that its formatting is kept. */
export interface JsonObject {
  /** Index after the opening brace. */
  open: number;
  members: JsonMember[];
}

/** Matches all tokens of a text that `JSON.parse` accepts. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * The members of the outermost object, in the order of the text; keys may repeat.
 *
 * @throws TargetError if the text is not a JSON object
 */
export function jsonMembers(text: string): JsonObject {
  requireObject(text);
  const tokens = [...text.matchAll(TOKENS)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
  const members: JsonMember[] = [];
  let depth = 0;
  let first = 1;
  tokens.forEach((token, at) => {
    const closes = token.text === "}" || token.text === "]";
    if (depth === 1 && (token.text === "," || closes)) {
      const [key, , value] = tokens.slice(first, first + 3);
      const end = tokens[at - 1]!.end;
      if (key && value && at > first) {
        const parsed: unknown = JSON.parse(text.slice(value.start, end));
        members.push({ key: JSON.parse(key.text) as string, value: parsed, start: key.start, end });
      }
      first = at + 1;
    }
    if (closes) depth--;
    else if (token.text === "{" || token.text === "[") depth++;
  });
  return { open: tokens[0]!.end, members };
}

function requireObject(text: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TargetError(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TargetError("it is no JSON object");
  }
}
