/** What the program of the third parties is told. */
export interface ThirdPartySettings {
  readonly control: { readonly address: string; readonly port: number };
  /** File of the authority that client certificates must come from. */
  readonly authority: string;
  readonly servers: readonly ServerSettings[];
}

/** One server of theirs. */
export interface ServerSettings {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly behaviour: "echo" | "silent";
  readonly certificate: string;
  readonly key: string;
  readonly mutualTls: boolean;
  readonly maxTlsVersion?: "TLSv1.2";
}
