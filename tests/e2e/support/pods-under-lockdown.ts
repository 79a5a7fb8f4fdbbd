/** A pod's spec, as far as these tests write one. */
export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  [key: string]: unknown;
}

export interface Container {
  name: string;
  image: string;
  securityContext?: object;
  restartPolicy?: string;
  command?: string[];
  args?: string[];
}

export interface PodTemplate {
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: PodSpec;
}

const APP: Container = { name: "app", image: "app.invalid/app:1" };

export const SIDECAR: Container = {
  name: "linkerd-proxy",
  image: "cr.l5d.io/linkerd/proxy:edge-26.8.3",
  securityContext: { runAsUser: 2102, runAsNonRoot: true, allowPrivilegeEscalation: false },
};

/** As Linkerd's injector adds it (chart partials, _proxy-init.tpl). */
export const INIT: Container = {
  name: "linkerd-init",
  image: "cr.l5d.io/linkerd/proxy-init:v2.4.3",
  securityContext: {
    runAsUser: 65534,
    privileged: false,
    capabilities: { add: ["NET_ADMIN", "NET_RAW"] },
  },
};

/** An application's pod after Linkerd's injector; with a native sidecar where wanted, or with another one. */
export function injected({
  native = false,
  ...more
}: { native?: boolean } & Partial<Container> = {}): PodTemplate {
  const sidecar = { ...SIDECAR, ...more };
  return {
    metadata: { labels: { app: "app" }, annotations: { "linkerd.io/inject": "enabled" } },
    spec: native
      ? { containers: [APP], initContainers: [INIT, { ...sidecar, restartPolicy: "Always" }] }
      : { containers: [APP, sidecar], initContainers: [INIT] },
  };
}

/** The same pod with its application's container changed. */
export function withContainer(more: Partial<Container>): PodTemplate {
  const pod = injected();
  return { ...pod, spec: { ...pod.spec, containers: [{ ...APP, ...more }, SIDECAR] } };
}

/** The same pod with more init containers. */
export function withInit(more: Partial<Container>): PodTemplate {
  const pod = injected();
  const init = { name: "init", image: APP.image, ...more };
  return { ...pod, spec: { ...pod.spec, initContainers: [...pod.spec.initContainers!, init] } };
}

/** The same pod with other fields in its spec. */
export function withSpec(more: Record<string, unknown>): PodTemplate {
  const pod = injected();
  return { ...pod, spec: { ...pod.spec, ...more } };
}

/** The same pod with one annotation. */
export function withAnnotation(name: string, value: string): PodTemplate {
  const pod = injected();
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, [name]: value } },
  };
}

/** A pod that the injector did not take up. */
export function notInjected(labels: Record<string, string> = {}): PodTemplate {
  return { metadata: { labels }, spec: { containers: [APP] } };
}
