import { createHash, createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { CACHE } from "../stage/names";
import { type VendorRequest, demand } from "../stage/vendor";

const ACCESS_KEY = "AKIDEXAMPLE";
const CREDENTIALS = { accessKeyId: ACCESS_KEY, secretAccessKey: "secret" };
const UNSIGNED = "x-amz-content-sha256";

/** The part of Smithy's signer that this file uses; it is installed with the clients for Node. */
interface Signer {
  sign(request: Signable, options: { signingDate: Date }): Promise<Signable>;
  presign(request: Signable, options: PresignOptions): Promise<Signable>;
}
interface Signable {
  method: string;
  protocol: string;
  hostname: string;
  path: string;
  query: Record<string, string | string[]>;
  headers: Record<string, string>;
  body?: Buffer;
}
interface PresignOptions {
  signingDate: Date;
  expiresIn: number;
  unhoistableHeaders: Set<string>;
  unsignableHeaders: Set<string>;
}

/**
 * Signs a request as it came once more, with AWS's own signer, and compares.
 *
 * @throws Complaint
 */
export async function verifySignature(request: VendorRequest, service: string): Promise<void> {
  const { authorization } = request.headers;
  if (authorization === undefined) await verifyQuery(request, service);
  else await verifyField(request, service, authorization);
}

async function verifyField(request: VendorRequest, service: string, authorization: string): Promise<void> {
  const field = (name: string) => new RegExp(`${name}=([^, ]+)`).exec(authorization)?.[1] ?? "";
  const signer = signerFor(service, field("Credential"));
  const signable = signableOf(request, field("SignedHeaders"));
  const made = await signer.sign(signable, { signingDate: dateOf(String(request.headers["x-amz-date"])) });
  demand(made.headers.authorization!.endsWith(`Signature=${field("Signature")}`), "SignatureDoesNotMatch");
}

async function verifyQuery(request: VendorRequest, service: string): Promise<void> {
  const field = (name: string) => request.url.searchParams.get(`X-Amz-${name}`) ?? "";
  demand(field("Signature") !== "", "the request is not signed");
  const signer = signerFor(service, field("Credential"));
  const signable = signableOf(request, field("SignedHeaders"));
  const own = ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"];
  signable.query = Object.fromEntries(
    Object.entries(signable.query).filter(([name]) => !own.some((part) => name === `X-Amz-${part}`)),
  );
  // The body of a presigned request is not known when it is signed.
  signable.headers[UNSIGNED] = "UNSIGNED-PAYLOAD";
  const made = await signer.presign(signable, {
    signingDate: dateOf(field("Date")),
    expiresIn: Number(field("Expires")),
    unhoistableHeaders: new Set(Object.keys(signable.headers)),
    unsignableHeaders: new Set([UNSIGNED]),
  });
  demand(made.query["X-Amz-Signature"] === field("Signature"), "SignatureDoesNotMatch in the query");
}

function signableOf({ method, host, target, url, headers, body }: VendorRequest, signed: string): Signable {
  const names = signed.split(";");
  demand(names.includes("host"), "Host is not signed");
  const query: Record<string, string | string[]> = {};
  for (const name of url.searchParams.keys()) query[name] = url.searchParams.get(name)!;
  return {
    ...{ method, protocol: "https:", hostname: host, path: target.split("?")[0]!, query, body },
    headers: Object.fromEntries(names.map((name) => [name, String(headers[name] ?? "")])),
  };
}

function signerFor(service: string, credential: string): Signer {
  const [accessKey, , region] = credential.split("/");
  demand(accessKey === ACCESS_KEY, `the access key is ${accessKey}`);
  const load = createRequire(join(CACHE, "node/package.json"));
  const { SignatureV4 } = load("@smithy/signature-v4") as { SignatureV4: new (options: object) => Signer };
  const options = { uriEscapePath: service !== "s3", applyChecksum: false };
  return new SignatureV4({ credentials: CREDENTIALS, region, service, sha256: Sha256, ...options });
}

/** Node's SHA-256 in the shape that Smithy wants. */
class Sha256 {
  private readonly hash: { update(data: string | Uint8Array): unknown; digest(): Buffer };

  constructor(secret?: string | Uint8Array) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }

  update(data: string | Uint8Array): void {
    this.hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
}

function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, "$1-$2-$3:$4:$5"));
}
