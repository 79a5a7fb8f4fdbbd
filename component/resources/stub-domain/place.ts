import type { ObjectName } from "../../../proxy-image/src/contract/stub-domain/objects";
import * as pulumi from "@pulumi/pulumi";
import {
  isNodeLocal,
  keyOf,
  sameTarget,
  TARGET_OBJECTS,
  TARGET_SHAPES,
  type TargetKind,
  type TargetRef,
} from "../../../proxy-image/src/contract/stub-domain/target-ref";
import type { DnsConfigMap } from "../../args/dns";
import { sha256 } from "../../names";
import type { DnsTargetSettings } from "../../settings";
import { type Context, labels, selector } from "../context";

/** One target's controller: what it edits, its namespace, and the names of its objects. */
export interface StubDomainPlace {
  readonly target: TargetRef;
  readonly anchor: ObjectName;
  /** Pulumi's name of each child. */
  readonly child: string;
  /** Kubernetes' name of each object but the anchor. */
  readonly name: string;
  /** The namespace of account, controller and anchor. */
  readonly namespace: pulumi.Input<string>;
  readonly selector: Record<string, string>;
  readonly labels: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Distinguishes the pods of the controllers for several targets. */
const TARGET_LABEL = "k8s-egress/target";

/** Targets as they appear in names, which have no upper-case letters. */
const NAMES: Readonly<Record<TargetKind, string>> = {
  coredns: "coredns",
  corednsCustom: "coredns-custom",
  kubeDns: "kube-dns",
  nodeLocalDns: "node-local-dns",
  nodeLocalDnsCustom: "node-local-dns-custom",
  nodeLocalStubDomains: "node-local-stub-domains",
  openshift: "openshift",
};

/** Digits of the hash that distinguishes the controllers for two ConfigMaps of a kind. */
const HASH_LENGTH = 8;

/** The place of a target's controller, in the namespace of all controllers. */
export function stubDomainPlace(
  context: Context,
  { kind, configMap }: DnsTargetSettings,
  namespace: pulumi.Input<string>,
): StubDomainPlace {
  const { name, names, settings } = context;
  const target = targetRef(kind, configMap, names.instance);
  const own = distinction(target, names.instance);
  const suffix = `${NAMES[kind]}${own}`;
  // Another kind of the same ConfigMap has another anchor, because it has another record.
  const role = kind === "nodeLocalStubDomains" ? "-node-local" : "";
  const label = { [TARGET_LABEL]: suffix };
  return {
    target,
    anchor: {
      namespace: settings.controllerNamespace ?? names.stubDomain,
      name: `${names.instance}-${target.namespace}-${target.name}${role}${own}`,
    },
    child: isNodeLocal(kind) ? `${name}-stub-domain-${NAMES.nodeLocalDns}` : `${name}-stub-domain`,
    name: `${names.stubDomain}-${suffix}`,
    namespace,
    selector: { ...selector(context, "egress-stub-domain"), ...label },
    labels: pulumi.output(labels(context, "egress-stub-domain")).apply((ours) => ({ ...ours, ...label })),
  };
}

function targetRef(kind: TargetKind, configMap: DnsConfigMap, instance: string): TargetRef {
  const { namespace, name } = { ...TARGET_OBJECTS[kind], ...definedOf(configMap) };
  const key = configMap.key ?? (TARGET_SHAPES[kind].isImported ? `${instance}.server` : undefined);
  return {
    kind,
    namespace,
    name,
    ...(key === undefined ? {} : { key }),
    ...(configMap.corefile === undefined ? {} : { corefile: configMap.corefile }),
  };
}

/** Only the given ones: a program may give `undefined`. */
function definedOf({ namespace, name }: DnsConfigMap): Partial<ObjectName> {
  return { ...(namespace === undefined ? {} : { namespace }), ...(name === undefined ? {} : { name }) };
}

/**
 * Part of the names of a controller whose place is not the usual one of its kind: after a change of the ConfigMap the
 * previous controller keeps its rights.
 */
function distinction(target: TargetRef, instance: string): string {
  const usual = targetRef(target.kind ?? "coredns", {}, instance);
  if (sameTarget(target, usual)) return "";
  return `-${sha256(JSON.stringify([target.namespace, target.name, keyOf(target)])).slice(0, HASH_LENGTH)}`;
}
