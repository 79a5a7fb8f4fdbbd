/** Texts in and around the Corefile's grammar, the same for the same seed. */
export interface Generator {
  /** Words and white space thrown together: mostly no legal Corefile. */
  noise: () => string;
  /** Server blocks, snippets, comments and quotes as distributions write them: mostly legal. */
  corefile: () => string;
}

const WORDS = [
  ".:53", ".", "a.example:53", "B.Example", "c.example,", "tls://d.example", "10.0.0.0/24", "(snip)", "import",
  "snip", "*.server", "errors", "reload", "forward", "1.1.1.1", "bind", "{", "}", "{", "}", "\n", "\n", "\n", "\r\n",
  " ", "\t", "#", "# note", "a#b c", '"', '"quoted words"', '"two\nlines"', '"say \\"hi\\""', '"{"', '""', "\\", ",",
  "\ufeff", "\u00a0", "\u0085", "\u2028", "é", "x\ry", "}#", "{#", "()", '"a"b', "{$VAR}", "{%VAR%}", "a..b",
]; // prettier-ignore

const DIRECTIVES = [
  "errors", "health {\n    lameduck 5s\n  }", "ready", "cache 30", "loop", "reload", "reload 10s", "loadbalance",
  "forward . 9.9.9.9 {\n    max_concurrent 1000\n  }", "prometheus :9153", "import snip", "import /etc/x/*.override",
  "kubernetes a.example in-addr.arpa {\n    pods insecure\n    ttl 30\n  }", 'log "." "{type} {name}"', "bind 10.0.0.1",
  "hosts {\n    1.2.3.4 a # name\n  }", "# only a comment", 'template IN A {\n    answer "{{ .Name }}\n 60"\n  }', "",
  "forward . {$UPSTREAM}",
]; // prettier-ignore

/** @param seed a whole number */
export function generator(seed: number): Generator {
  let state = seed >>> 0;
  // Mulberry32: small, and good enough to choose words.
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const times = (most: number, make: () => string) =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, make);

  const noise = () => times(24, () => pick(WORDS) + pick(["", " ", "\n"])).join("");
  const block = () => {
    const key = pick([
      "a.example:53",
      "b.example",
      "c.example:53 d.example:53",
      "e.example,\nf.example",
      "tls://.",
      "10.0.0.0/22",
      "{$ZONE}:53",
    ]);
    return `${key} {\n${times(5, () => `  ${pick(DIRECTIVES)}\n`).join("")}}${pick(["", " ", " # end"])}`;
  };
  const corefile = () => {
    const parts = [
      ...(random() < 0.3 ? [`(snip) {\n  ${pick(["errors", "cache 30", ""])}\n}`] : []),
      `${pick([".:53", ".", "dns://.:53", ".:1053", ".:5353 example.org:5353"])} {\n  ${times(6, () => pick(DIRECTIVES)).join("\n  ")}\n  reload\n}`,
      ...times(3, () => pick([block(), "# a comment", "", "import /etc/x/*.server"])),
    ];
    // Once in a while the one block needs no braces.
    if (random() < 0.05)
      return `${pick([".:53", "."])}\n${times(4, () => pick(DIRECTIVES)).join("\n")}\nreload\n`;
    const text =
      pick(["", "", "\ufeff"]) +
      parts.join(pick(["\n", "\n\n", "\r\n"])) +
      pick(["", "\n", "\n\n", " ", "\n# end"]);
    // One slip in five, because the refusals need texts too.
    const at = Math.floor(random() * text.length);
    return random() < 0.2 ? text.slice(0, at) + pick(WORDS) + text.slice(at + pick([0, 1, 2])) : text;
  };
  return { noise, corefile };
}
