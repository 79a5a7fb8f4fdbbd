/** Where an application runs that calls a third party: a pod in the cluster, or this process. */
export interface Site {
  /** IPv4 addresses of a name; none where it does not exist. */
  resolve(name: string): Promise<readonly string[]>;
  request(url: string, method?: string): Promise<Answered>;
}

/** What the application got. */
export interface Answered {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Code of a connection's error, by Node's names. */
  readonly error?: string;
}
