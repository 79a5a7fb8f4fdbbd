/** Namespace and name of an object. */
export interface ObjectName {
  namespace: string;
  name: string;
}

/** One permission of an account. */
export interface Right {
  verb: string;
  /** API group; "" for the core group. */
  group: string;
  resource: string;
  namespace: string;
  /** Absent: any object of the namespace. */
  name?: string;
}
