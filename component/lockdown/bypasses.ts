import { hasSidecar, INIT_CONTAINERS, IS_SIDECAR, SIDECAR } from "../sidecar-container";
import type { SidecarSettings } from "./settings";

/**
 * A check for one way around a lockdown: a CEL expression that is true if it is not used, and the message for the user.
 */
export interface Validation {
  expression: string;
  message: string;
}

/** A name that other expressions use, as `variables.<name>`. */
export interface Variable {
  name: string;
  expression: string;
}

/** Name that Linkerd's injector gives the container that redirects the pod's traffic (linkerd2, pkg/k8s/labels.go). */
const INIT = "linkerd-init";

const INJECT = "linkerd.io/inject";

/**
 * Annotations by which a pod or its namespace routes traffic past its sidecar, lets another container use the sidecar's
 * user, or makes the sidecar another program (linkerd2, pkg/k8s/labels.go).
 */
const FORBIDDEN_ANNOTATIONS = [
  "skip-outbound-ports",
  "skip-subnets",
  "proxy-uid",
  "proxy-gid",
  "proxy-image",
  "proxy-version",
  "proxy-additional-env",
].map((name) => `config.linkerd.io/${name}`);

/** Checks of each pod, at its creation or when a debug container is added. */
export function podValidations(mesh: SidecarSettings | undefined): {
  variables: Variable[];
  validations: Validation[];
} {
  // linkerd-init redirects the pod's traffic, and needs a capability that all other containers are denied.
  const init = mesh
    ? `variables.initContainers.filter(c, c.name != ${cel(INIT)})`
    : "variables.initContainers";
  const variables: Variable[] = [
    // The API server omits the field if a request has none.
    { name: "isDebug", expression: `request.?subResource.orValue("") == "ephemeralcontainers"` },
    INIT_CONTAINERS,
    {
      name: "containers",
      // dyn, because debug containers have another type.
      expression: `variables.isDebug ? dyn(object.spec.?ephemeralContainers.orValue([])) : dyn(object.spec.containers + ${init})`,
    },
    { name: "annotations", expression: "object.metadata.?annotations.orValue({})" },
  ];
  return { variables, validations: [...NODE_BYPASSES, ...(mesh ? meshBypasses(mesh) : [])] };
}

/** Checks of a namespace, because pods inherit its annotations. */
export const NAMESPACE_VALIDATIONS: { variables: Variable[]; validations: Validation[] } = {
  variables: [{ name: "annotations", expression: "object.metadata.?annotations.orValue({})" }],
  validations: annotationBypasses(),
};

/** Ways out of the pod's own network, where NetworkPolicies apply, or to change that network. */
const NODE_BYPASSES: Validation[] = [
  {
    expression: "variables.isDebug || !object.spec.?hostNetwork.orValue(false)",
    message:
      "hostNetwork is not allowed in a namespace under egress lockdown: NetworkPolicies don't hold there",
  },
  {
    expression: "variables.containers.all(c, !c.?securityContext.?privileged.orValue(false))",
    message:
      "privileged containers are not allowed in a namespace under egress lockdown: they can enter the node's network",
  },
  {
    // Names in upper or lower case, with or without CAP_: container runtimes accept all of them.
    expression: `variables.containers.all(c, !c.?securityContext.?capabilities.?add.orValue([]).exists(name, name.upperAscii().replace("CAP_", "") in ["NET_ADMIN", "SYS_ADMIN", "ALL"]))`,
    message:
      "the capabilities NET_ADMIN, SYS_ADMIN and ALL are not allowed in a namespace under egress lockdown: with them a container undoes the redirection to its sidecar",
  },
];

function meshBypasses({ proxyUid, proxyImage }: SidecarSettings): Validation[] {
  const image =
    proxyImage &&
    ` && (c.image.startsWith(${cel(`${proxyImage}:`)}) || c.image.startsWith(${cel(`${proxyImage}@`)}))`;
  const isSidecar = `(${IS_SIDECAR}${image ?? ""} && c.?securityContext.?runAsUser.orValue(-1) == ${proxyUid})`;
  return [
    {
      expression: `object.spec.?securityContext.?runAsUser.orValue(-1) != ${proxyUid} && variables.containers.all(c, ${isSidecar} || c.?securityContext.?runAsUser.orValue(-1) != ${proxyUid})`,
      message: `user ${proxyUid} is not allowed in a namespace under egress lockdown: packets of the sidecar's own user pass it by`,
    },
    {
      // Checks the sidecar itself, not the annotations: the injector may be down, or a label or another container may
      // have made it skip the pod.
      expression: `variables.isDebug || ${hasSidecar(isSidecar)}`,
      message: `pods without Linkerd's sidecar${proxyImage ? ` (${SIDECAR}, image ${proxyImage})` : ""} are not allowed in a namespace under egress lockdown; annotate the namespace with ${INJECT}: enabled, and see that the injector is up`,
    },
    ...annotationBypasses().map(({ expression, message }) => ({
      expression: `variables.isDebug || ${expression}`,
      message,
    })),
  ];
}

function annotationBypasses(): Validation[] {
  return [
    {
      expression: `!(${cel(INJECT)} in variables.annotations) || variables.annotations[${cel(INJECT)}] == "enabled"`,
      message: `the annotation ${INJECT} can only be "enabled" in a namespace under egress lockdown`,
    },
    {
      expression: `!variables.annotations.exists(name, name in [${FORBIDDEN_ANNOTATIONS.map(cel).join(", ")}])`,
      message: `annotations that change what passes the sidecar are not allowed in a namespace under egress lockdown: ${FORBIDDEN_ANNOTATIONS.join(", ")}`,
    },
  ];
}

/** A text as a CEL literal. */
function cel(text: string): string {
  return JSON.stringify(text);
}
