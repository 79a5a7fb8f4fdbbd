import type { EgressProxyArgs } from "../args/egress-proxy";
import { type Mesh, MeshMode } from "../args/mesh";
import { checkKnownKeys, checkOneOf, isRecord } from "./checks/checks";
import { nameProblem } from "./values/host";
import { checkResources } from "./pods";
import { isDeferred, type Problems, show } from "./checks/problems";

export function checkMesh({ mesh }: EgressProxyArgs, problems: Problems): void {
  if (mesh === undefined || isDeferred(mesh)) return;
  if (!isRecord(mesh)) {
    problems.add("mesh", `is ${show(mesh)}; write it as in { mode: "required" }`);
    return;
  }
  const keys: (keyof Mesh)[] = ["mode", "trustDomain", "controlPlaneNamespace", "proxyResources"];
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
  checkOneOf(mesh.mode, "mesh.mode", Object.values(MeshMode), problems);
}
