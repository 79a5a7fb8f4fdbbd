import type { EgressProxyArgs } from "../args/egress-proxy";
import { type Mesh, MeshMode } from "../args/mesh";
import { checkBoolean, checkKnownKeys, checkOneOf, isRecord } from "./checks/checks";
import { ADMIN_PORT_ANNOTATION } from "../sidecar-port";
import { nameProblem } from "./values/host";
import { checkResources } from "./pods";
import { isDeferred, type Problems, show } from "./checks/problems";

/** Ports of the proxy's container, and those of the sidecar for traffic. */
const TAKEN_PORTS = [8080, 9090, 9091, 4140, 4143, 4190];

export function checkMesh({ mesh, podAnnotations }: EgressProxyArgs, problems: Problems): void {
  if (mesh?.mode !== MeshMode.None) checkSidecarPort(podAnnotations, problems);
  if (mesh === undefined || isDeferred(mesh)) return;
  if (!isRecord(mesh)) {
    problems.add("mesh", `is ${show(mesh)}; write it as in { mode: "required" }`);
    return;
  }
  const keys: (keyof Mesh)[] = [
    "mode",
    "trustDomain",
    "controlPlaneNamespace",
    "proxyResources",
    "egressNetwork",
    "admissionPolicy",
  ];
  checkKnownKeys(mesh, new Set(keys), "mesh", problems);
  const { trustDomain, controlPlaneNamespace, proxyResources } = mesh;
  if (mesh.mode === MeshMode.None) {
    for (const key of keys.filter((other) => other !== "mode" && mesh[other] !== undefined))
      problems.add(`mesh.${key}`, `means nothing while mesh.mode is "none"; leave it out`);
    return;
  }
  for (const [key, name] of Object.entries({ trustDomain, controlPlaneNamespace })) {
    if (name === undefined || isDeferred(name)) continue;
    const problem =
      typeof name === "string" ? nameProblem(name, "cluster.local") : `is ${show(name)}; give a name`;
    if (problem) problems.add(`mesh.${key}`, problem);
  }
  checkResources(proxyResources, "mesh.proxyResources", problems);
  checkBoolean(mesh.egressNetwork, "mesh.egressNetwork", problems);
  checkBoolean(mesh.admissionPolicy, "mesh.admissionPolicy", problems);
  if (mesh.mode === MeshMode.Optional && mesh.admissionPolicy === true)
    problems.add(
      "mesh.admissionPolicy",
      'is for mesh.mode "required"; with "optional" the pods serve without a sidecar: leave it out',
    );
  checkOneOf(mesh.mode, "mesh.mode", Object.values(MeshMode), problems);
}

/** The proxy looks for its sidecar at this port, and the injector ignores one that is not a number. */
function checkSidecarPort(annotations: unknown, problems: Problems): void {
  const value = isRecord(annotations) ? annotations[ADMIN_PORT_ANNOTATION] : undefined;
  // A value of another type is reported with the other annotations.
  if (typeof value !== "string") return;
  const port = Number(value);
  if (/^\d+$/.test(value) && port >= 1 && port <= 65_535 && !TAKEN_PORTS.includes(port)) return;
  problems.add(
    `podAnnotations["${ADMIN_PORT_ANNOTATION}"]`,
    `is ${show(value)}; give a port other than ${TAKEN_PORTS.join(", ")}, which the pod uses, such as "4192"`,
  );
}
