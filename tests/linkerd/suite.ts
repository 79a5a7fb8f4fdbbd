import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { kubectlFor } from "../harness/kubernetes";
import { kubeSystem } from "./scene/kube-system";
import { setStage, type Stage } from "./stage";
import { egressNetworks } from "./story/egress-networks";
import { forging } from "./story/forging";
import { identity } from "./story/identity";
import { injection } from "./story/injection";
import { underLoad } from "./story/load";
import { injector } from "./story/injector";
import { lockdown } from "./story/lockdown";
import { monitoring } from "./story/monitoring";
import { settings } from "./story/settings";
import { findTarget, type Target } from "./target/target";

describe("an EgressProxy in a real Linkerd", { timeout: 2_400_000 }, () => {
  let target: Target;
  let current: Stage | undefined;
  let untouched: Record<string, string>;
  const stage = () => current!;
  const scene = () => current!.scene;

  before(async () => {
    target = await findTarget(process.env);
    untouched = await kubeSystem(kubectlFor(target.kubectl, target.kubeconfig));
    current = await setStage(target);
  });
  after(async () => {
    await current?.scene.remove();
    await target.forget();
  });

  describe("injection", () => injection(scene));
  describe("identity", () => identity(stage));
  describe("forged identities", () => forging(stage));
  describe("under load", () => underLoad(stage));
  describe("an injector that is down", () => injector(stage));
  describe("EgressNetworks", () => egressNetworks(stage));
  describe("metrics of the sidecar", () => monitoring(stage));
  describe("settings", () => settings(stage));
  describe("a lockdown", () => lockdown(stage));

  it("destroyed, nothing remains, and kube-system is as before", async () => {
    const { kubectl, name } = scene();
    await scene().destroy();
    const kinds =
      "all,configmaps,secrets,serviceaccounts,roles,rolebindings,networkpolicies,poddisruptionbudgets,namespaces,servers.policy.linkerd.io,egressnetworks.policy.linkerd.io,tlsroutes.gateway.networking.k8s.io,validatingadmissionpolicies,validatingadmissionpolicybindings";
    const labels = [
      "app.kubernetes.io/part-of=k8s-egress",
      `app.kubernetes.io/instance in (${name},lockdown)`,
    ];
    const remains = await kubectl(["get", kinds, "-A", `--selector=${labels.join(",")}`, "-o", "name"]);
    assert.equal(remains, "");
    assert.deepEqual(await kubeSystem(kubectl), untouched);
  });
});
