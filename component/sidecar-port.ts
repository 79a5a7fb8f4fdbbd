/** Annotation by which a pod moves the port of its sidecar's readiness and metrics (linkerd2, pkg/k8s/labels.go). */
export const ADMIN_PORT_ANNOTATION = "config.linkerd.io/admin-port";

/** Linkerd's default for it. */
export const SIDECAR_ADMIN_PORT = 4191;
