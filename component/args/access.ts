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
   * which are always refused.
   *
   * A request that names another method in a header field or a parameter (`X-HTTP-Method-Override`, `?_method=`) is
   * refused. Bodies are not read: a third party that takes the method from a form field (`_method` in Rails and
   * Laravel), from JSON, or from the requests inside a batch (`/$batch` of OData, `multipart/mixed`) still acts on
   * another one. Where that matters, name in `paths` what may be posted to, without the batch endpoints, and give the
   * third party's key no rights beyond the rule.
   */
  methods?: string[];
  /**
   * Paths: `/v1/charges`, `/v1/*` (one segment), `/v1/**` (one or more). Default: all.
   *
   * A request that names another path in a header field (`X-Original-URL`, WebDAV's `Destination`) is refused. The
   * query does not count: an application that routes by it (`?r=admin/delete` of Yii, `?q=` of Drupal) has all of its
   * functions under one path. A copy's source in a field (`x-amz-copy-source`) does not count either.
   */
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
