/** Characters that some grammar of HTTP, of URLs, of paths, of cookies or of DNS gives a meaning. */
const SPECIAL = "\t \r\n\0\u00a0\u00ff!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~0a".split("");

/** More than one character, where a reader looks for both. */
const PAIRS = [
  ...[
    "\r\n",
    " \t",
    ", ",
    "; ",
    "a,",
    "a;",
    "a=",
    "a&",
    "=&",
    "a ",
    "a.",
    "a-",
    "a/",
    "a:",
    "a@",
    "@:",
    "..",
    "//",
    "./",
  ],
  ...[
    "/.",
    "/..",
    "/*",
    "*/",
    '\\"',
    '"a',
    "<a",
    "<>",
    "[]",
    "%2",
    "%%",
    "%25",
    "%2e",
    "%2f",
    "%u0",
    "%u0025",
    "%E2%80",
  ],
  ...[
    "a:b\r\n",
    "a:\r\n ",
    ":\r\n",
    "0;a=",
    "1\r\n",
    "ntlm ",
    "ntlm,",
    "url=",
    "domain=",
    "Domain ;",
    "xn--",
    "_method",
  ],
  ...["[x]=", ".x=", "a:method", "\u00e2\u0080\u00a6", "\u00cd\u0081", "websocket,", "keep-alive,"],
];

/** What the run ends with: a reader that hopes for an end goes back when it is another one. */
const ENDS = ["", "x"];

/** Texts that are one atom again and again: what makes a reader look again at what it has seen. */
export function worstInputs(size: number): string[] {
  return [...SPECIAL, ...PAIRS].flatMap((atom) => {
    const run = atom.repeat(Math.ceil(size / atom.length));
    return ENDS.map((end) => run.slice(0, size - end.length) + end);
  });
}
