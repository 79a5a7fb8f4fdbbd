import type * as pulumi from "@pulumi/pulumi";

/** CPU and memory, as Kubernetes quantities. */
export interface Resources {
  /** What the scheduler reserves. */
  requests?: ResourceQuantities;
  /** The maximum that the pod can use. */
  limits?: ResourceQuantities;
}

/** Kubernetes quantities. */
export interface ResourceQuantities {
  /** Cores: `100m`, `1`. */
  cpu?: pulumi.Input<string>;
  /** Bytes: `128Mi`. */
  memory?: pulumi.Input<string>;
}

/** A Kubernetes toleration. */
export interface Toleration {
  /** Key of the taint. Default: every key, with `operator` `Exists`. */
  key?: pulumi.Input<string>;
  /** `Equal` or `Exists`. Default: `Equal`. */
  operator?: pulumi.Input<string>;
  /** Value of the taint, with `Equal`. */
  value?: pulumi.Input<string>;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. Default: all. */
  effect?: pulumi.Input<string>;
  /** Seconds until the pod is evicted, with `NoExecute`. Default: never. */
  tolerationSeconds?: pulumi.Input<number>;
}
