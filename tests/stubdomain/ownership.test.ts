import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConfigMap, ManagedFields } from "../../proxy-image/src/stubdomain/cluster/cluster";
import * as ownershipOf from "../../proxy-image/src/stubdomain/state/ownership";
import { COREFILE_FIELD } from "../../proxy-image/src/stubdomain/targets/coredns";
import { ownership } from "./fake-cluster";

const owners = (object: ConfigMap) => ownershipOf.owners(object, COREFILE_FIELD);
const formerOwners = (object: ConfigMap, recorded: ManagedFields[]) =>
  ownershipOf.formerOwners(object, COREFILE_FIELD, recorded);
const handBack = (object: ConfigMap, recorded: ManagedFields[]) =>
  ownershipOf.handBack(object, COREFILE_FIELD, recorded);

const target = (...managedFields: ManagedFields[]): ConfigMap => ({
  metadata: { namespace: "kube-system", name: "coredns", managedFields },
});
/** As the API server writes it: a field without members of its own is itself. */
const lost = (entry: ManagedFields): ManagedFields => ({ ...entry, fieldsV1: { "f:data": {} } });
const OURS: ManagedFields = { ...ownership("k8s-egress"), fieldsV1: { "f:data": { "f:Corefile": {} } } };
const HELM = ownership("helm", "Apply");
const KUBEADM = ownership("kubeadm", "Update", "2023-01-01T00:00:00Z");

describe("owners", () => {
  it("are all that own the Corefile, with everything that their entries say", () => {
    const labels = { ...ownership("labeller"), fieldsV1: { "f:metadata": { "f:labels": {} } } };
    const status = { ...ownership("kubelet"), subresource: "status" };
    assert.deepEqual(owners(target(HELM, labels, status, lost(KUBEADM))), [HELM, status]);
  });

  it("before the next write are those who wrote after us, or else those recorded", () => {
    assert.deepEqual(formerOwners(target(OURS, lost(KUBEADM)), [KUBEADM]), [KUBEADM]);
    assert.deepEqual(formerOwners(target(HELM, lost(KUBEADM)), [KUBEADM]), [HELM]);
    assert.deepEqual(formerOwners(target(lost(KUBEADM)), [KUBEADM]), [KUBEADM]);
    // Applied with the same text as ours: both own it.
    assert.deepEqual(formerOwners(target(OURS, HELM), [KUBEADM]), [KUBEADM, HELM]);
  });
});

describe("handing back", () => {
  it("restores the entries as they were, and ours goes", () => {
    assert.deepEqual(handBack(target(lost(KUBEADM), OURS, lost(HELM)), [KUBEADM, HELM]), [KUBEADM, HELM]);
  });

  it("makes an entry anew that had nothing but the Corefile", () => {
    const bare = { ...HELM, fieldsV1: { "f:data": { "f:Corefile": {} } } };
    assert.deepEqual(handBack(target(OURS), [bare]), [bare]);
  });

  it("adds it to whatever the entry has become", () => {
    const member = { ...HELM, fieldsV1: { "f:data": { "f:Corefile": {} } } };
    assert.deepEqual(handBack(target(lost(HELM), OURS), [member]), [HELM]);
  });

  it("keeps what others changed meanwhile", () => {
    const changed = {
      ...HELM,
      time: "2031-01-01T00:00:00Z",
      fieldsV1: { "f:data": { ".": {}, "f:other": {} } },
    };
    assert.deepEqual(handBack(target(changed, OURS), [HELM]), [
      { ...changed, fieldsV1: { "f:data": { ".": {}, "f:other": {}, "f:Corefile": {} } } },
    ]);
    const labeller = { ...ownership("labeller"), fieldsV1: { "f:metadata": {} } };
    assert.deepEqual(handBack(target(labeller, lost(HELM), OURS), [HELM]), [labeller, HELM]);
  });

  it("gives it to nobody when nobody had it, so that nobody's apply conflicts", () => {
    assert.deepEqual(handBack(target(lost(KUBEADM), OURS), []), [lost(KUBEADM)]);
    // An empty list would be taken for none.
    assert.deepEqual(handBack(target(OURS), []), [lost(OURS)]);
  });

  it("leaves it with us when that was so before: then it is another stub domain's", () => {
    assert.equal(handBack(target(OURS), [{ ...OURS, time: "2020-01-01T00:00:00Z" }]), undefined);
  });

  it("is not for us to do when the last word was not ours", () => {
    assert.equal(handBack(target(HELM, lost(KUBEADM)), [KUBEADM]), undefined);
  });

  it("keeps what else we own", () => {
    const more = { ...OURS, fieldsV1: { "f:data": { "f:Corefile": {} }, "f:metadata": { "f:x": {} } } };
    assert.deepEqual(handBack(target(lost(HELM), more), [HELM]), [
      HELM,
      { ...more, fieldsV1: { "f:metadata": { "f:x": {} } } },
    ]);
  });

  it("knows one applier across API versions, and updaters of different versions apart", () => {
    assert.deepEqual(handBack(target({ ...lost(HELM), apiVersion: "v2" }, OURS), [HELM]), [HELM]);
    assert.equal(handBack(target({ ...lost(KUBEADM), apiVersion: "v2" }, OURS), [KUBEADM])?.length, 2);
  });
});
