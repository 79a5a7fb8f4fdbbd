import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Findings, missing } from "./target/missing";

const COMPLETE: Findings = {
  crds: {
    "servers.policy.linkerd.io": ["v1beta2", "v1beta3"],
    "egressnetworks.policy.linkerd.io": ["v1alpha1"],
    "authorizationpolicies.policy.linkerd.io": ["v1alpha1"],
    "meshtlsauthentications.policy.linkerd.io": ["v1alpha1"],
    "httproutes.gateway.networking.k8s.io": ["v1", "v1beta1"],
    "tlsroutes.gateway.networking.k8s.io": ["v1alpha2", "v1alpha3"],
  },
  injector: { namespace: "linkerd", ready: 1 },
  mayCreateNamespaces: true,
  images: { repository: "localhost:5001/egress-proxy" },
};

describe("what a cluster lacks for the tests of the mesh", () => {
  const says = (change: Partial<Findings>, ...sentences: RegExp[]) => {
    const said = missing({ ...COMPLETE, ...change });
    assert.equal(said.length, sentences.length, said.join("\n"));
    for (const [index, sentence] of sentences.entries()) assert.match(said[index]!, sentence);
  };

  it("is nothing where all is there", () => says({}));

  it("is the cluster alone where none answers", () => {
    const nothing = { crds: {}, mayCreateNamespaces: false, images: {}, injector: undefined };
    says(
      { ...nothing, apiServerError: "connection refused" },
      /^The cluster does not answer: connection ref/,
    );
  });

  it("are Linkerd's kinds and its injector where it is not installed", () => {
    const gateway = Object.entries(COMPLETE.crds).filter(([name]) => name.includes("gateway"));
    says(
      { crds: Object.fromEntries(gateway), injector: undefined },
      /kinds of Linkerd: servers\.policy\.linkerd\.io \(v1beta3\), egressnetworks.* `linkerd install --crds/,
      /no webhook of Linkerd's injector/,
    );
  });

  it("is a version of a kind that is not served", () => {
    const tlsRoutes = { "tlsroutes.gateway.networking.k8s.io": ["v1"] };
    says(
      { crds: { ...COMPLETE.crds, ...tlsRoutes } },
      /Gateway API.*: tlsroutes\.gateway\.networking\.k8s\.io \(v1alpha2\)\. Install/,
    );
  });

  it("is an injector that is not ready", () => {
    says({ injector: { namespace: "mesh", ready: 0 } }, /No pod of Linkerd's injector is ready in.*mesh:/);
  });

  it("is the right to make namespaces", () => {
    says({ mayCreateNamespaces: false }, /may not create namespaces/);
  });

  it("is an image, or how to make one", () => {
    says({ images: {} }, /no image of the proxy\. Set K8S_EGRESS_TEST_REPOSITORY .* K8S_EGRESS_TEST_IMAGE/);
    says({ images: { proxy: "r.example.com/proxy:1" } }, /must end with the digest/);
    says({ images: { proxy: `r.example.com/proxy@sha256:${"a".repeat(64)}` } });
    says({ dockerError: "no daemon" }, /^Docker can't build the proxy's image: no daemon$/);
  });
});
