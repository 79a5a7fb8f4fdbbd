/** Namespace and name of an object. */
export interface ObjectName {
  namespace: string;
  name: string;
}

/** One thing that an account may be allowed to do. */
export interface Right {
  verb: string;
  /** API group; "" for the core. */
  group: string;
  resource: string;
  namespace: string;
  /** Absent: any object of the namespace. */
  name?: string;
}
