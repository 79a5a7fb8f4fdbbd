import type { ObjectName } from "../proxy-image/src/stubdomain/cluster/cluster";
import { stubBlock } from "../proxy-image/src/stubdomain/corefile/block";
import type { TargetRef } from "../proxy-image/src/stubdomain/targets/ref";
import { is, makingRules, ownKey, type OwnKey } from "./stub-domain-made";

/** Whose writes are looked at, and what they may change. */
export interface Guarded {
  /** The controller's ServiceAccount. */
  readonly account: ObjectName;
  /** The ConfigMap with its record and status. */
  readonly anchor: ObjectName;
  readonly target: TargetRef;
  readonly domain: string;
}

/** The spec of a ValidatingAdmissionPolicy; all expressions are CEL. */
export interface AdmissionRules {
  readonly failurePolicy: "Fail";
  readonly matchConstraints: {
    resourceRules: {
      apiGroups: string[];
      apiVersions: string[];
      resources: string[];
      operations: string[];
    }[];
  };
  readonly matchConditions: { name: string; expression: string }[];
  readonly variables: { name: string; expression: string }[];
  readonly validations: { expression: string; message: string }[];
}

/**
 * What the controller's account may do to ConfigMaps, whatever its roles say: put its own server block at the
 * target's end and take it out again, and write its own annotations on its anchor; make its target where it is missing,
 * and delete what it made. Of kube-dns' JSON, which CEL can't read, only that it is the one key; OpenShift's object is
 * none of these, and left to the role. So a stolen token can't
 * redirect the cluster's names, and a mistake of ours can't empty a Corefile.
 *
 * Read with docs/cluster-dns.md. The API server limits what an expression may cost, by the length of text and
 * pattern: a Corefile of 64 kB fits in (tests/e2e/admission.test.ts), a longer one is refused.
 */
export function admissionRules({ account, anchor, target, domain }: Guarded): AdmissionRules {
  const user = `system:serviceaccount:${account.namespace}:${account.name}`;
  const where = `${target.namespace}/${target.name}`;
  const { key, variables, validations } = targetRules(target, anchor, domain, where);
  return {
    failurePolicy: "Fail",
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: [""],
          apiVersions: ["v1"],
          resources: ["configmaps"],
          operations: ["CREATE", "UPDATE", "DELETE"],
        },
      ],
    },
    matchConditions: [
      { name: "controller", expression: `request.userInfo.username == ${JSON.stringify(user)}` },
    ],
    variables: [
      {
        name: "isTarget",
        expression: key === undefined ? "false" : `request.operation == "UPDATE" && ${is(target)}`,
      },
      { name: "isAnchor", expression: `request.operation == "UPDATE" && ${is(anchor)}` },
      ...variables,
    ],
    validations: [
      {
        expression: [
          "variables.isTarget",
          "variables.isAnchor",
          ...(key?.mayBeMade ? ["variables.makes", "variables.unmakes"] : []),
        ].join(" || "),
        message: `this account may only change the ConfigMaps ${where} and ${anchor.namespace}/${anchor.name}`,
      },
      ...validations,
      {
        expression: `!variables.isAnchor || (${unchangedBut()} && ${unchangedMetadata([])} && ${OWN_ANNOTATIONS})`,
        message: `this account may change nothing of its anchor but annotations k8s-egress/… and finalizers`,
      },
    ],
  };
}

export type Rules = Pick<AdmissionRules, "variables" | "validations">;

function targetRules(
  target: TargetRef,
  anchor: ObjectName,
  domain: string,
  where: string,
): Rules & { key: OwnKey | undefined } {
  const key = ownKey(target);
  if (!key) return { key, variables: [], validations: [] };
  const holdsBlocks = target.kind !== "kubeDns";
  const block = { anchor, domain, forceTcp: target.kind === "nodeLocalDns" };
  const made = key.mayBeMade
    ? makingRules(target, key.name, holdsBlocks ? insertable(block) : undefined)
    : { variables: [], validations: [] };
  return {
    key,
    variables: [...(holdsBlocks ? corefileVariables(key.name, block) : []), ...made.variables],
    validations: [
      {
        expression: `!variables.isTarget || (${unchangedBut(key.name, key.mayBeMade)} && ${unchangedMetadata(["annotations", "finalizers"])})`,
        message: `this account may change nothing of ${where} but its ${key.name}`,
      },
      ...(holdsBlocks
        ? [
            {
              expression: `!variables.isTarget || ${corefileRule(key.mayBeMade)}`,
              message: `this account may change nothing in the ${key.name} of ${where} but the server block for ${domain}`,
            },
          ]
        : []),
      ...made.validations,
    ],
  };
}

/** `data`, `binaryData` and `immutable` as before, but for one key of `data`, which may also go if it may be missing. */
function unchangedBut(key = "", mayGo = false): string {
  const name = JSON.stringify(key);
  return [
    `object.?data.orValue({}).all(k, k == ${name} || oldObject.?data[?k] == optional.of(object.data[k]))`,
    `oldObject.?data.orValue({}).all(k, ${mayGo ? `k == ${name} || ` : ""}k in object.?data.orValue({}))`,
    `object.?binaryData == oldObject.?binaryData`,
    `object.?immutable == oldObject.?immutable`,
  ].join(" && ");
}

function unchangedMetadata(more: string[]): string {
  return ["labels", "ownerReferences", ...more]
    .map((field) => `object.metadata.?${field} == oldObject.metadata.?${field}`)
    .join(" && ");
}

const OWN_ANNOTATIONS = [["object", "oldObject"] as const, ["oldObject", "object"] as const]
  .map(
    ([one, other]) =>
      `${one}.metadata.?annotations.orValue({}).all(k, k.startsWith("k8s-egress/") || ` +
      `${other}.metadata.?annotations[?k] == optional.of(${one}.metadata.annotations[k]))`,
  )
  .join(" && ");

/**
 * The text before, cut at the block of ours that is in it, and the text after without the one at its end. In place of
 * the block may be white space, because another program may have formatted the text anew since.
 */
function corefileVariables(key: string, block: Block): AdmissionRules["variables"] {
  const variable = (name: string, expression: string) => ({ name, expression });
  return [
    variable("before", `oldObject.?data[?${JSON.stringify(key)}].orValue("")`),
    variable("after", `object.?data[?${JSON.stringify(key)}].orValue("")`),
    variable("removed", `variables.before.find(${JSON.stringify(removable(block))})`),
    variable("cut", `variables.before.indexOf(variables.removed)`),
    variable(
      "head",
      `variables.removed == "" ? variables.before : variables.before.substring(0, variables.cut)`,
    ),
    variable(
      "tail",
      `variables.removed == "" ? "" : variables.before.substring(variables.cut + size(variables.removed))`,
    ),
    variable(
      "end",
      `size(variables.after) > ${END} ? variables.after.substring(size(variables.after) - ${END}) : variables.after`,
    ),
    variable("added", `variables.end.find(${JSON.stringify(`${insertable(block)}$`)})`),
    variable("rest", `variables.after.substring(0, size(variables.after) - size(variables.added))`),
  ];
}

/** @param mayBeEmpty a key of its own begins and ends with the block; a cluster's Corefile is never empty */
const corefileRule = (mayBeEmpty: boolean) => `(variables.after == variables.before || (
  variables.removed == ""
  ? variables.rest == variables.before${mayBeEmpty ? "" : ' && variables.before != ""'}
  : !variables.head.trim().endsWith(",")
    && size(variables.rest) >= size(variables.head) + size(variables.tail)
    && variables.rest.startsWith(variables.head)
    && variables.rest.endsWith(variables.tail)
    && [variables.rest.substring(size(variables.head), size(variables.rest) - size(variables.tail))].all(seam,
      seam.trim() == "" && (seam.contains("\\n") || variables.head == "" || variables.tail == ""))
))`;

/** What a server block of ours depends on. */
interface Block {
  anchor: ObjectName;
  domain: string;
  forceTcp: boolean;
}

/** Characters in which our block stands, if it is the last one. */
const END = 4096;

const DOMAIN = "domain.placeholder";
const ADDRESS = "address.placeholder";
const PORT = 65_535;
const LABELS = "[a-z0-9-]+(?:[.][a-z0-9-]+)*";
/** An address, an interface or a variable, perhaps in quotes. */
const BIND_WORD = '"?(?:[\\w.:%/-]|[{][$]\\w+[}])+"?';

/** Exactly what the controller puts in: {@link stubBlock} with this domain, any port, address and `bind`. */
function insertable({ anchor, domain, forceTcp }: Block): string {
  const marker = `${anchor.namespace}/${anchor.name}`;
  const text = `\n${stubBlock({ domain: DOMAIN, port: PORT, forwardTo: ADDRESS, forceTcp, marker })}`;
  const word = ` ${BIND_WORD}`;
  const bind = `  bind(?:${word})+(?: [{]\\n(?:    except(?:${word})+\\n)+  [}])?\\n`;
  return literal(text)
    .replace(literal(marker), `${literal(marker)}(?: [0-9a-f]+)?`)
    .replace(literal(`${DOMAIN}:${PORT} {\n`), `${literal(domain)}(?::[0-9]+)? [{]\\n(?:${bind})*`)
    .replace(literal(ADDRESS), "[0-9a-fA-F.:]+");
}

/**
 * A stub domain's block by its words, however they are formatted: for the domain, or for any other below the
 * controller's own comment, which is the domain of before when `domain` changes.
 */
function removable({ anchor, domain }: Block): string {
  const comment = `#[\\t ]*managed by k8s-egress ${literal(`${anchor.namespace}/${anchor.name}`)}(?: [0-9a-f]+)?[\\t\\r ]*\\n\\s*`;
  const plugin = '"?(?:bind|errors|cache|forward)\\b(?:[{][$]\\w+[}]|[^{}\\n])*(?:[{][^{}]*[}])?';
  return `(?:^|\\s*\\n)\\s*(?:${comment}${LABELS}|"?${literal(domain)})(?::[0-9]+)?"?\\s*[{](?:\\s+${plugin})*\\s*[}][\\t\\r ]*\\n?`;
}

/** Between brackets, because CEL's own strings would need each backslash twice. */
function literal(text: string): string {
  return text.replace(/[.(){}*+?|$]/g, "[$&]").replaceAll("\n", "\\n");
}
