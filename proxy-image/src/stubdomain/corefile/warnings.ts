import type { Corefile, Directive, ServerBlock } from "./corefile";
import { zoneKeys } from "./zone-key";

/**
 * Settings in a Corefile with which a stub domain works, but not well: one sentence each.
 *
 * - `autopath` answers for the whole search path at once, from the plugins of its own block; a stub domain is another
 *   block. So its names are first looked up where that block forwards to, before the client queries the plain name
 *   (plugin/autopath).
 * - A block for all names answers the queries of the domain's DNS server for a Service's name. If it alters answers to
 *   queries for IPv6 addresses, clients see that: NXDOMAIN, after which musl and .NET ignore the IPv4 address too, or
 *   an A record in the answer to AAAA (seen with CoreDNS 1.15.0).
 */
export function warningsAbout({ blocks }: Corefile): string[] {
  return blocks.flatMap((block) =>
    block.directives.flatMap((directive) => {
      const where = `in the block "${block.keys.join(" ")}" (line ${block.line})`;
      if (directive.name === "autopath") {
        return [
          `the plugin "autopath" ${where} looks names up past the stub domain: ` +
            "each of its names costs a question to the servers that this block forwards to, and resolves to what they " +
            "answer, if they do",
        ];
      }
      if (!isForAllNames(block)) return [];
      if (deniesIpv6(directive)) {
        return [
          `the plugin "template" ${where} answers NXDOMAIN to all questions for IPv6 addresses, the stub domain's too, ` +
            "after which some clients (musl, .NET) ask for no IPv4 address: give rcode NOERROR instead",
        ];
      }
      if (asksForIpv4Instead(directive)) {
        return [
          `the plugin "rewrite" ${where} answers questions for IPv6 addresses, the stub domain's too, with IPv4 ` +
            "addresses, which clients refuse or ignore: answer them with a template of rcode NOERROR instead",
        ];
      }
      return [];
    }),
  );
}

function isForAllNames({ keys, line }: ServerBlock): boolean {
  return keys.flatMap((key) => zoneKeys(key, line)).some(({ zone }) => zone === ".");
}

/** `template CLASS TYPE [ZONE...] { rcode NXDOMAIN }`, for all names: plugin/template. */
function deniesIpv6({ name, tokens }: Directive): boolean {
  if (name !== "template") return false;
  const words = tokens.map(({ text }) => text);
  const brace = words.indexOf("{");
  const [, , type = "", ...zones] = brace < 0 ? words : words.slice(0, brace);
  const isForEveryName = zones.length === 0 || zones.includes(".");
  const options = words.slice(brace + 1);
  return (
    isForEveryName &&
    type.toUpperCase() === "AAAA" &&
    !options.includes("match") &&
    options.some((word, at) => word === "rcode" && options[at + 1]?.toUpperCase() === "NXDOMAIN")
  );
}

/** `rewrite [continue|stop] type AAAA A`: plugin/rewrite. */
function asksForIpv4Instead({ name, tokens }: Directive): boolean {
  const words = tokens.slice(1).map(({ text }) => text.toUpperCase());
  if (words[0] === "CONTINUE" || words[0] === "STOP") words.shift();
  return name === "rewrite" && words[0] === "TYPE" && words[1] === "AAAA" && words[2] === "A";
}
