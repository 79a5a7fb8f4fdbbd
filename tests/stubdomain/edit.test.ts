import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stubBlock } from "../../proxy-image/src/contract/stub-domain/block";
import { defaultBlock, requireReload } from "../../proxy-image/src/stubdomain/corefile/default-block";
import { insertBlock, removeBlock } from "../../proxy-image/src/stubdomain/corefile/edit";
import { CorefileError } from "../../proxy-image/src/stubdomain/corefile/error";
import { parseCorefile } from "../../proxy-image/src/stubdomain/corefile/server-blocks";
import { COREFILES, NOT_APPENDABLE } from "./corefiles";
import { generator } from "./corefile-generator";

const KUBEADM = COREFILES.kubeadm!;
const block = (domain: string, forwardTo = "10.96.3.4", marker: string | undefined = "egress/anchor") =>
  stubBlock({ domain, port: 53, forwardTo, marker });
const EGRESS = block("egress.local");
const INSERTED = `\n${EGRESS}`;

/** The block as another program writes it: the same words on the same lines. */
const anew = (indent: string, lineBreak = "\n") =>
  EGRESS.split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => (/^[ ]/.test(line) ? indent : "") + line.trim())
    .join(lineBreak);

const zonesOf = (text: string) => parseCorefile(text).blocks.flatMap(({ keys }) => keys);

describe("insert", () => {
  for (const [name, corefile] of Object.entries(COREFILES)) {
    it(`adds a block after the others, and takes it out again: ${name}`, () => {
      const { text, inserted } = insertBlock(corefile, EGRESS);
      assert.deepEqual(zonesOf(text), [...zonesOf(corefile), "egress.local:53"]);
      assert.ok(text.startsWith(corefile));
      assert.deepEqual(removeBlock(text, inserted), { text: corefile, how: "exact" });
    });
  }

  for (const [name, [corefile, reason]] of Object.entries(NOT_APPENDABLE)) {
    it(`refuses: ${name}`, () => {
      assert.throws(
        () => insertBlock(corefile, EGRESS),
        (error) => error instanceof CorefileError && reason.test(error.message),
      );
    });
  }

  const taken: [name: string, key: string][] = [
    ["as it is", "egress.local:53"],
    ["by default port", "egress.local"],
    ["in capitals and with a last dot", "EGRESS.local."],
    ["with a protocol", "dns://egress.local"],
    ["by another protocol on the same port", "tls://egress.local:53"],
    ["beside other zones", "a.example,\nb.example egress.local"],
  ];
  for (const [name, key] of taken) {
    it(`refuses a zone that is served: ${name}`, () => {
      const corefile = `.:53 {\n  reload\n}\n${key} {\n  whoami\n}\n`;
      assert.throws(() => insertBlock(corefile, EGRESS), /line 4: egress\.local\.:53 is served already/);
    });
  }

  it("refuses a reverse zone that is served as part of a range", () => {
    const reverse = stubBlock({ domain: "20.172.in-addr.arpa", port: 53, forwardTo: "10.0.0.1" });
    assert.throws(() => insertBlock("172.16.0.0/12 {\n errors\n}\n", reverse), /served already/);
  });

  it("does not mind the zone on another port, or a name below it", () => {
    const corefile = ".:53 {\n  reload\n}\negress.local:5353 {\n  whoami\n}\na.egress.local {\n  whoami\n}\n";
    assert.ok(insertBlock(corefile, EGRESS).text.endsWith(INSERTED));
  });

  it("refuses what is not one block with one address", () => {
    for (const text of [
      "",
      "egress.local",
      "a b {\n}\n",
      `${EGRESS}${block("other.local")}`,
      "import x\n",
      "a {\n errors\n",
    ]) {
      assert.throws(() => insertBlock(KUBEADM, text), CorefileError, text);
    }
  });

  it("refuses a text in which another address is not legal", () => {
    assert.throws(
      () => insertBlock(".:53 {\n reload\n}\na..b {\n errors\n}\n", EGRESS),
      /line 4: the zone of the address "a\.\.b"/,
    );
  });
});

describe("remove", () => {
  it("takes out exactly its own of two, in either order", () => {
    for (const corefile of Object.values(COREFILES)) {
      const one = insertBlock(corefile, EGRESS);
      const two = insertBlock(one.text, block("other.local"));
      const withoutOne = removeBlock(two.text, one.inserted);
      assert.deepEqual(withoutOne, { text: corefile + two.inserted, how: "exact" });
      assert.deepEqual(removeBlock(withoutOne.text, two.inserted), { text: corefile, how: "exact" });
      assert.equal(removeBlock(two.text, two.inserted).text, one.text);
    }
  });

  it("leaves a text without the block as it is", () => {
    assert.deepEqual(removeBlock(KUBEADM, INSERTED), { text: KUBEADM, how: "absent" });
  });

  const reformatted: [name: string, text: string, expected: string][] = [
    ["comments gone", `${KUBEADM}${anew("    ")}\n`, KUBEADM],
    ["in front", `${anew("\t")}\n${KUBEADM}`, KUBEADM],
    [
      "indented comment kept",
      `${KUBEADM}  #  managed by k8s-egress egress/anchor \r\n  ${anew(" ", "\r\n")}\r\n`,
      KUBEADM,
    ],
    [
      "quoted",
      `${KUBEADM}${anew(" ").replace("egress.local:53", '"egress.local:53"').replace("cache 30", '"cache" "30"')}`,
      KUBEADM,
    ],
    ["a stranger's comment above stays", `${KUBEADM}# mine\n${anew(" ")}\n`, `${KUBEADM}# mine\n`],
    ["a comment behind stays", `${KUBEADM}${anew(" ")} # end\n`, `${KUBEADM} # end\n`],
    [
      "appended to our last line",
      `${KUBEADM}${INSERTED}other.local {\n errors\n}\n`,
      `${KUBEADM}other.local {\n errors\n}\n`,
    ],
  ];
  for (const [name, text, expected] of reformatted) {
    it(`finds the block in a text that was written anew: ${name}`, () => {
      assert.equal(removeBlock(text, INSERTED).text, expected);
    });
  }

  it("keeps the line break when a text without one goes on behind the block", () => {
    const corefile = ".:53 {\n  reload\n}";
    const text = `${corefile}${INSERTED}other.local {\n errors\n}\n`;
    assert.deepEqual(removeBlock(text, INSERTED), {
      text: `${corefile}\nother.local {\n errors\n}\n`,
      how: "structural",
    });
  });

  it("refuses a block that was changed by hand, and says where", () => {
    const changes: [from: string, to: string][] = [
      ["10.96.3.4", "10.96.9.9"],
      ["    max_concurrent 1000\n", ""],
      ["1h verify", "1h"],
      ["errors\n", "errors\n  log\n"],
      ["egress.local:53 {", "egress.local:53 also.local {"],
      ["errors\n  cache", "errors cache"],
    ];
    for (const [from, to] of changes) {
      const text = KUBEADM + INSERTED.replace(from, to);
      assert.throws(
        () => removeBlock(text, INSERTED),
        /line 26: the block for egress\.local\.:53 is not the one/,
        to,
      );
    }
  });

  it("takes the exact bytes out of a text that is illegal because of them", () => {
    const corefile = "(a){\n errors\n}\n.:53 {\n  reload\n}\n";
    const illegal = corefile.replace("(a)", `(a)${INSERTED}`);
    assert.throws(() => parseCorefile(illegal), /must be followed by "{"/);
    assert.deepEqual(removeBlock(illegal, INSERTED), { text: corefile, how: "exact" });
  });

  it("takes the exact bytes out where they are no server block", () => {
    const moved = KUBEADM.replace("    ready\n", `    ready\n${INSERTED}`);
    assert.deepEqual(removeBlock(moved, INSERTED), { text: KUBEADM, how: "exact" });
  });

  it("never leaves an illegal text: then it says what is wrong", () => {
    const broken = `${KUBEADM.replace("ready", "ready }")}${INSERTED}`;
    assert.throws(() => removeBlock(broken, INSERTED), /line 6: "}" on the line of "ready"/);
  });

  it("does not take a copy in quotes for the block", () => {
    const quoted = KUBEADM.replace("    ready\n", `    ready\n    log "${INSERTED}"\n`);
    assert.deepEqual(removeBlock(quoted, INSERTED), { text: quoted, how: "absent" });
    assert.equal(removeBlock(quoted + INSERTED, INSERTED).text, quoted);
  });
});

describe("insert and remove", () => {
  it("are inverse for every text that CoreDNS accepts, or the insertion is refused", () => {
    const { noise, corefile } = generator(3);
    let inserted = 0;
    for (let at = 0; at < 6000; at++) {
      const before = at % 3 ? corefile() : noise();
      const marker = at % 2 ? undefined : "egress/anchor";
      let result;
      try {
        result = insertBlock(before, block("egress.local", "10.96.3.4", marker));
      } catch (error) {
        assert.ok(error instanceof CorefileError, JSON.stringify(before));
        continue;
      }
      inserted++;
      const others = parseCorefile(before).blocks.length;
      assert.equal(parseCorefile(result.text).blocks.length, others + 1, JSON.stringify(before));
      assert.deepEqual(removeBlock(result.text, result.inserted), { text: before, how: "exact" });
      assert.throws(() => insertBlock(result.text, EGRESS), /served already/);
    }
    assert.ok(inserted > 2000, `only ${inserted} of 6000 texts took the block`);
  });
});

describe("default block", () => {
  const defaults = (text: string) => defaultBlock(text, parseCorefile(text));

  it("gives its port, or none if it says none", () => {
    assert.deepEqual(defaults(KUBEADM), { port: 53, bind: [] });
    assert.deepEqual(defaults(". {\n errors\n}\n"), { port: undefined, bind: [] });
    assert.equal(
      defaults(COREFILES["OpenShift, another port and blocks before the default one"]!).port,
      5353,
    );
    assert.equal(defaults(COREFILES["encrypted listeners"]!).port, 53);
  });

  it("prefers port 53, and does not choose between others", () => {
    assert.equal(defaults(".:9253 {\n errors\n}\n.:53 {\n errors\n}\n").port, 53);
    assert.throws(() => defaults(".:1053 {\n errors\n}\n.:8053 {\n errors\n}\n"), /ports 1053 and 8053/);
  });

  it("must be there", () => {
    assert.throws(() => defaults("cluster.local:53 {\n errors\n}\n"), /no server block for all names/);
    assert.throws(() => defaults(""), /no server block for all names/);
    assert.throws(() => defaults("tls://. {\n errors\n}\n"), /no server block for all names/);
  });

  it("hands its bind on, from snippets too, with exceptions", () => {
    assert.deepEqual(defaults(COREFILES["NodeLocal, bound to an address"]!).bind, [
      "bind 169.254.20.10 10.96.0.10",
    ]);
    assert.deepEqual(defaults(COREFILES.snippets!).bind, ["bind 10.0.0.10"]);
    assert.deepEqual(defaults(COREFILES["bind with exceptions"]!).bind, [
      "bind eth0 lo {",
      "  except 127.0.0.1",
      "}",
    ]);
    assert.deepEqual(defaults('. {\n bind "{$IP}" # one\n bind ::1\n}\n').bind, ['bind "{$IP}"', "bind ::1"]);
  });

  it("of several, for views, binds where all of them bind", () => {
    assert.deepEqual(defaults(". {\n bind 1.1.1.1\n}\n. {\n bind 1.1.1.1\n bind 2.2.2.2\n}\n").bind, [
      "bind 1.1.1.1",
      "bind 2.2.2.2",
    ]);
    assert.deepEqual(defaults(". {\n bind 1.1.1.1\n}\n. {\n errors\n}\n").bind, []);
  });

  it("is worth nothing without reload in some block", () => {
    requireReload(parseCorefile(COREFILES.snippets!));
    assert.throws(() => requireReload(parseCorefile(".:53 {\n hosts {\n  reload 1s\n }\n}\n")), /"reload"/);
  });
});

describe("stub block", () => {
  it("is the text that is documented", () => {
    assert.equal(
      EGRESS,
      `# managed by k8s-egress egress/anchor
egress.local:53 {
  errors
  cache 30 {
    serve_stale 1h verify
  }
  forward . 10.96.3.4 {
    max_concurrent 1000
  }
}
`,
    );
  });

  it("binds like the default block, and leaves out what is not given", () => {
    const bind = ["bind eth0 {", "  except ::1", "}"];
    assert.equal(
      stubBlock({ domain: "egress.local", forwardTo: "fd00::4", bind }),
      EGRESS.replace(/#.*\n/, "")
        .replace(":53 {\n", " {\n  bind eth0 {\n    except ::1\n  }\n")
        .replace("10.96.3.4", "fd00::4"),
    );
  });

  it("avoids what minikube and Cilium replace by pattern", () => {
    assert.doesNotMatch(EGRESS, / {4}(errors|log|hosts)|cluster\.local|resolv\.conf/);
  });

  it("refuses values that would end their line", () => {
    for (const wrong of [
      { domain: "a {\n}" },
      { forwardTo: "1.1.1.1\n}" },
      { marker: "a\nb" },
      { domain: "a b" },
      { domain: "" },
    ]) {
      assert.throws(
        () => stubBlock({ domain: "egress.local", forwardTo: "10.0.0.1", ...wrong }),
        /stub domain/,
      );
    }
  });
});
