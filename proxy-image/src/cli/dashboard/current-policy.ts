import type { Policy } from "../../contract/policy/policy";
import type { Api } from "../cluster/api";
import { findProxy, type InstalledProxy, policyHashOf, policyOf } from "../cluster/egress-proxies";

/** An installed EgressProxy and its policy, as they were read last. */
export class CurrentPolicy {
  private constructor(
    private readonly api: Api,
    /** As its Deployment described it. */
    public proxy: InstalledProxy,
    public policy: Policy,
  ) {}

  /** @throws ClusterError, InvalidPolicyError */
  static async read(api: Api, proxy: InstalledProxy): Promise<CurrentPolicy> {
    return new CurrentPolicy(api, proxy, await policyOf(api, proxy));
  }

  /**
   * Reads the Deployment again, and the policy if that names another one.
   *
   * @returns whether the policy is another one
   * @throws ClusterError, InvalidPolicyError; then both stay as they were
   */
  async refresh(): Promise<boolean> {
    const { namespace, name, args } = this.proxy;
    const proxy = await findProxy(this.api, { namespace, name });
    const isOther = policyHashOf(proxy.args) !== policyHashOf(args);
    if (isOther) this.policy = await policyOf(this.api, proxy);
    this.proxy = proxy;
    return isOther;
  }
}
