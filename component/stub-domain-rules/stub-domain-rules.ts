import type { ObjectName } from "../../proxy-image/src/contract/stub-domain/objects";
import { removalGate } from "../../proxy-image/src/contract/stub-domain/removal-gate";
import {
  isNodeLocal,
  TARGET_SHAPES,
  type TargetRef,
} from "../../proxy-image/src/contract/stub-domain/target-ref";
import type { AdmissionRules, Rules } from "./admission-rules";
import { insertable } from "./block-pattern";
import { corefileRule, corefileVariables } from "./corefile-rules";
import { makingRules } from "./made-target";
import { OWN_ANNOTATIONS, is, unchangedBut, unchangedMetadata } from "./objects";
import { type OwnKey, ownKey } from "./own-key";

/** The account whose writes are checked, and what it may change. */
export interface Guarded {
  /** The controller's ServiceAccount. */
  readonly account: ObjectName;
  /** The ConfigMap with its record and status. */
  readonly anchor: ObjectName;
  readonly target: TargetRef;
  readonly domain: string;
}

/**
 * What the controller's account may do to ConfigMaps, whatever its roles allow: add its own server block at the
 * target's end and remove it again, write its own annotations on its anchor, create its target if that is missing, and
 * delete what it created. CEL can't read kube-dns' JSON, so there only the one key is checked. OpenShift's object is no
 * ConfigMap, and only the role restricts it. So a stolen token can't redirect the cluster's names, and a defect of ours
 * can't empty a Corefile.
 *
 * See also docs/cluster-dns.md. The API server limits what an expression may cost, by the length of text and pattern: a
 * Corefile of 64 kB is accepted (tests/e2e/admission.test.ts), a longer one is denied.
 */
export function admissionRules({ account, anchor, target, domain }: Guarded): AdmissionRules {
  const user = `system:serviceaccount:${account.namespace}:${account.name}`;
  const where = nameOf(target);
  const gate = removalGate({ target, anchor });
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
      { name: "isGate", expression: `request.operation == "UPDATE" && ${is(gate)}` },
      ...variables,
    ],
    validations: [
      {
        expression: [
          "variables.isTarget",
          "variables.isAnchor",
          "variables.isGate",
          ...(key?.mayBeMade ? ["variables.makes", "variables.unmakes"] : []),
        ].join(" || "),
        message: `this account may only change the ConfigMaps ${where}, ${nameOf(anchor)} and ${nameOf(gate)}`,
      },
      ...validations,
      {
        expression: `!variables.isAnchor || (${unchangedBut()} && ${unchangedMetadata([])} && ${OWN_ANNOTATIONS})`,
        message: `this account may change nothing of its anchor but annotations k8s-egress/… and finalizers`,
      },
      {
        expression: `!variables.isGate || (${unchangedBut()} && ${unchangedMetadata(["annotations"])})`,
        message: `this account may change nothing of ${nameOf(gate)} but finalizers`,
      },
    ],
  };
}

function nameOf({ namespace, name }: ObjectName): string {
  return `${namespace}/${name}`;
}

function targetRules(
  target: TargetRef,
  anchor: ObjectName,
  domain: string,
  where: string,
): Rules & { key: OwnKey | undefined } {
  const key = ownKey(target);
  if (!key) return { key, variables: [], validations: [] };
  const holdsBlocks = TARGET_SHAPES[target.kind ?? "coredns"].holds === "blocks";
  const block = { anchor, domain, forceTcp: isNodeLocal(target.kind) };
  const made = key.mayBeMade
    ? makingRules(target, key.name, holdsBlocks ? insertable(block) : undefined)
    : { variables: [], validations: [] };
  return {
    key,
    variables: [...(holdsBlocks ? corefileVariables(key.name, block) : []), ...made.variables],
    validations: [
      {
        expression: `!variables.isTarget || (${unchangedBut(key.name, key.mayGo)} && ${unchangedMetadata(["annotations", "finalizers"])})`,
        message: `this account may change nothing of ${where} but its ${key.name}`,
      },
      ...(holdsBlocks
        ? [
            {
              expression: `!variables.isTarget || ${corefileRule(key.mayGo)}`,
              message: `this account may change nothing in the ${key.name} of ${where} but the server block for ${domain}`,
            },
          ]
        : []),
      ...made.validations,
    ],
  };
}
