import type * as pulumi from "@pulumi/pulumi";

/** Admits a request that matches every field that is given. */
export interface Rule {
  /**
   * The clients, by the identity that the mesh vouches for; not with `mesh.mode` `none`. Default: all clients that the
   * mesh admits: with `required` every meshed client, with `optional` every client.
   */
  clients?: Client[];
  /**
   * Methods: `GET`, `LIST`; any token of at most 64 characters, case-sensitive. Default: all but CONNECT and TRACE,
   * which are always rejected.
   *
   * A request that names another method in a header field or a parameter (`X-HTTP-Method-Override`, `?_method=`) is
   * denied. Bodies are not read: a third party that takes the method from a form field (`_method` in Rails and
   * Laravel), from JSON, or from the requests inside a batch (`/$batch` of OData, `multipart/mixed`) still acts on
   * another one. If that matters, list in `paths` what may be posted to, without the batch endpoints, and give the
   * third party's key no rights beyond the rule.
   */
  methods?: string[];
  /**
   * Paths: `/v1/charges`, `/v1/*` (one segment), `/v1/**` (one or more). Default: all.
   *
   * A request that names another path in a header field (`X-Original-URL`, WebDAV's `Destination`) is denied. The query
   * is not checked: an application that routes by it (`?r=admin/delete` of Yii, `?q=` of Drupal) has all of its
   * functions under one path. A copy's source in a field (`x-amz-copy-source`) is not checked either.
   */
  paths?: string[];
}

/**
 * The service account of a client. A namespace is one principal: a user who may create pods in it can use any of its
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
  /** The text before the credential: `Bearer `. Default: nothing. */
  prefix?: string;
}

/** A third party's key: either `value`, or `secretName` and `key`. */
export interface Credential {
  /** The key itself; kept secret. A change replaces the pods. */
  value?: pulumi.Input<string>;
  /**
   * Name of an existing Secret in `namespace`, which must therefore exist before (`createNamespace: false`). A change
   * of its content takes effect without a restart.
   */
  secretName?: pulumi.Input<string>;
  /** Key in that Secret. */
  key?: pulumi.Input<string>;
}
