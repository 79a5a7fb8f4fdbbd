import { type EgressProxyArgs, MeshMode } from "../args";
import { checkKnownKeys, checkOneOf, isRecord } from "./checks";
import { nameProblem } from "./host";
import { isDeferred, type Problems, show } from "./problems";

export function checkMesh({ mesh }: EgressProxyArgs, problems: Problems): void {
  if (mesh === undefined || isDeferred(mesh)) return;
  if (!isRecord(mesh)) {
    problems.add("mesh", `is ${show(mesh)}; write it as in { mode: "required" }`);
    return;
  }
  checkKnownKeys(mesh, new Set(["mode", "trustDomain", "controlPlaneNamespace"]), "mesh", problems);
  const { trustDomain, controlPlaneNamespace } = mesh;
  for (const [key, name] of Object.entries({ trustDomain, controlPlaneNamespace })) {
    if (name === undefined || isDeferred(name)) continue;
    if (mesh.mode !== undefined && mesh.mode !== MeshMode.Required) {
      problems.add(`mesh.${key}`, `means nothing while mesh.mode is ${show(mesh.mode)}; leave it out`);
      continue;
    }
    const problem =
      typeof name === "string" ? nameProblem(name, "cluster.local") : `is ${show(name)}; give a name`;
    if (problem) problems.add(`mesh.${key}`, problem);
  }
  checkOneOf(mesh.mode, "mesh.mode", Object.values(MeshMode), problems);
}
