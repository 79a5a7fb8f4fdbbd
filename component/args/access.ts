import type * as pulumi from "@pulumi/pulumi";

/** Admits a request that fits every field that is given. */
export interface Rule {
  /**
   * Who calls, by the identity that the mesh vouches for; not with `mesh.mode` `none`. Default: everyone that the
   * mesh admits: with `required` every meshed client, with `optional` everybody.
   */
  clients?: Client[];
  /**
   * Methods: `GET`, `LIST`; any token of at most 64 characters, case-sensitive. Default: all but CONNECT and TRACE,
   * which are always refused. Header fields and query parameters by which frameworks take another method are denied
   * here; what a body says (a form's `_method`, a batch) is not looked at, so narrow `paths` too where the third party
   * reads overrides from bodies.
   */
  methods?: string[];
  /** Paths: `/v1/charges`, `/v1/*` (one segment), `/v1/**` (one or more). Default: all. */
  paths?: string[];
}

/**
 * A calling service account. A namespace is one principal: whoever may create pods in it may be any of its
 * accounts.
 */
export interface Client {
  /** Kubernetes namespace of the client. */
  namespace: string;
  /** Its service account. Default: every account of the namespace. */
  serviceAccount?: string;
}

/** A header field's value: a prefix and a credential. */
export interface HeaderValue {
  /** Name in `credentials`. */
  credential: string;
  /** Goes before it: `Bearer `. Default: nothing. */
  prefix?: string;
}

/** A third party's key: either `value`, or `secretName` and `key`. */
export interface Credential {
  /** The key itself; kept secret. A change replaces the pods. */
  value?: pulumi.Input<string>;
  /** Name of an existing Secret in `namespace`, which so must be there before (`createNamespace: false`). A change of its content is taken up without a restart. */
  secretName?: pulumi.Input<string>;
  /** Key in that Secret. */
  key?: pulumi.Input<string>;
}
