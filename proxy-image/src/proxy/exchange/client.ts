/** The client of a request: a service account, as the mesh vouches for it. */
export interface ClientIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** `namespace/serviceAccount`: the key in limits, and the label in metrics and logs. */
  readonly key: string;
}
