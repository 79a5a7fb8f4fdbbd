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
  key?: pulumi.Input<string>;
  operator?: pulumi.Input<string>;
  value?: pulumi.Input<string>;
  effect?: pulumi.Input<string>;
  tolerationSeconds?: pulumi.Input<number>;
}
