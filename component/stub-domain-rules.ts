import { stubBlock } from "../proxy-image/src/stubdomain/corefile/block";

interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

/** Whose writes are looked at, and what they may change. */
export interface Guarded {
  /** The controller's ServiceAccount. */
  readonly account: ObjectName;
  /** The ConfigMap with its record and status. */
  readonly anchor: ObjectName;
  /** The ConfigMap with the cluster's Corefile. */
  readonly target: ObjectName;
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
 * Corefile's end and take it out again, and write its own annotations on its anchor. So a stolen token can't
 * redirect the cluster's names, and a mistake of ours can't empty a Corefile.
 *
 * Read with docs/cluster-dns.md. The API server limits what an expression may cost, by the length of text and
 * pattern: a Corefile of 64 kB fits in (tests/e2e/admission.test.ts), a longer one is refused.
 */
export function admissionRules({ account, anchor, target, domain }: Guarded): AdmissionRules {
  const user = `system:serviceaccount:${account.namespace}:${account.name}`;
  const where = `${target.namespace}/${target.name}`;
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
      { name: "isTarget", expression: `request.operation == "UPDATE" && ${is(target)}` },
      { name: "isAnchor", expression: `request.operation == "UPDATE" && ${is(anchor)}` },
      ...corefileVariables(anchor, domain),
    ],
    validations: [
      {
        expression: "variables.isTarget || variables.isAnchor",
        message: `this account may only change the ConfigMaps ${where} and ${anchor.namespace}/${anchor.name}`,
      },
      {
        expression: `!variables.isTarget || (${unchangedBut("Corefile")} && ${unchangedMetadata(["annotations", "finalizers"])})`,
        message: `this account may change nothing of ${where} but its Corefile`,
      },
      {
        expression: `!variables.isTarget || ${COREFILE_RULE}`,
        message: `this account may change nothing in the Corefile of ${where} but the server block for ${domain}`,
      },
      {
        expression: `!variables.isAnchor || (${unchangedBut()} && ${unchangedMetadata([])} && ${OWN_ANNOTATIONS})`,
        message: `this account may change nothing of its anchor but annotations k8s-egress/… and finalizers`,
      },
    ],
  };
}

function is({ namespace, name }: ObjectName): string {
  return `request.namespace == ${JSON.stringify(namespace)} && request.name == ${JSON.stringify(name)}`;
}

/** `data`, `binaryData` and `immutable` as before, but for one key of `data`. */
function unchangedBut(key = ""): string {
  const name = JSON.stringify(key);
  return [
    `object.?data.orValue({}).all(k, k == ${name} || oldObject.?data[?k] == optional.of(object.data[k]))`,
    `oldObject.?data.orValue({}).all(k, k in object.?data.orValue({}))`,
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
function corefileVariables(anchor: ObjectName, domain: string): AdmissionRules["variables"] {
  const variable = (name: string, expression: string) => ({ name, expression });
  return [
    variable("before", `oldObject.?data[?"Corefile"].orValue("")`),
    variable("after", `object.?data[?"Corefile"].orValue("")`),
    variable("removed", `variables.before.find(${JSON.stringify(removable(anchor, domain))})`),
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
    variable("added", `variables.end.find(${JSON.stringify(`${insertable(anchor, domain)}$`)})`),
    variable("rest", `variables.after.substring(0, size(variables.after) - size(variables.added))`),
  ];
}

const COREFILE_RULE = `(variables.after == variables.before || (
  variables.removed == ""
  ? variables.rest == variables.before && variables.before != ""
  : !variables.head.trim().endsWith(",")
    && size(variables.rest) >= size(variables.head) + size(variables.tail)
    && variables.rest.startsWith(variables.head)
    && variables.rest.endsWith(variables.tail)
    && [variables.rest.substring(size(variables.head), size(variables.rest) - size(variables.tail))].all(seam,
      seam.trim() == "" && (seam.contains("\\n") || variables.head == "" || variables.tail == ""))
))`;

/** Characters in which our block stands, if it is the last one. */
const END = 4096;

const DOMAIN = "domain.placeholder";
const ADDRESS = "address.placeholder";
const PORT = 65_535;
const LABELS = "[a-z0-9-]+(?:[.][a-z0-9-]+)*";
/** An address, an interface or a variable, perhaps in quotes. */
const BIND_WORD = '"?(?:[\\w.:%/-]|[{][$]\\w+[}])+"?';

/** Exactly what the controller puts in: {@link stubBlock} with this domain, any port, address and `bind`. */
function insertable(anchor: ObjectName, domain: string): string {
  const marker = `${anchor.namespace}/${anchor.name}`;
  const text = `\n${stubBlock({ domain: DOMAIN, port: PORT, forwardTo: ADDRESS, marker })}`;
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
function removable(anchor: ObjectName, domain: string): string {
  const comment = `#[\\t ]*managed by k8s-egress ${literal(`${anchor.namespace}/${anchor.name}`)}(?: [0-9a-f]+)?[\\t\\r ]*\\n\\s*`;
  const plugin = '"?(?:bind|errors|cache|forward)\\b(?:[{][$]\\w+[}]|[^{}\\n])*(?:[{][^{}]*[}])?';
  return `(?:^|\\s*\\n)\\s*(?:${comment}${LABELS}|"?${literal(domain)})(?::[0-9]+)?"?\\s*[{](?:\\s+${plugin})*\\s*[}][\\t\\r ]*\\n?`;
}

/** Between brackets, because CEL's own strings would need each backslash twice. */
function literal(text: string): string {
  return text.replace(/[.(){}*+?|$]/g, "[$&]").replaceAll("\n", "\\n");
}
