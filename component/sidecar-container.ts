/** Name that Linkerd's injector gives the sidecar's container (linkerd2, pkg/k8s/labels.go). */
export const SIDECAR = "linkerd-proxy";

/**
 * CEL: whether a pod that is being created has a container for which `isSidecar` holds, a container or a native sidecar.
 * Uses `variables.initContainers`.
 *
 * @param isSidecar CEL about a container `c`
 */
export function hasSidecar(isSidecar: string): string {
  return `object.spec.containers.exists(c, ${isSidecar}) || variables.initContainers.exists(c, ${isSidecar} && c.?restartPolicy.orValue("") == "Always")`;
}

/** What `hasSidecar` uses. The API server omits the field if a request has none. */
export const INIT_CONTAINERS = {
  name: "initContainers",
  expression: "object.spec.?initContainers.orValue([])",
};

/**
 * CEL: whether the container `c` is Linkerd's sidecar. The injector leaves the program to the image (linkerd2, chart
 * partials, _proxy.tpl). This finds pods that are not injected, and containers that have the name by accident; who may
 * write a pod's spec can imitate all of it.
 */
export const IS_SIDECAR = `c.name == ${JSON.stringify(SIDECAR)} && !has(c.command) && !has(c.args)`;
