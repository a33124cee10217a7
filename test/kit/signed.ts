import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../../local/endpoint/sha256.ts';

/** An access key; the key of a role also has a token. */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A request to sign, and the service and region of the signature. */
export interface ToSign {
  /** With path and query. */
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly service: string;
  readonly region?: string;
  readonly at?: Date;
}

/** A signed request, for `fetch` and `node:http`. */
export interface Signed {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Signs a request as an SDK does, so that a test may then change parts of it. */
export const signed = async (key: SigningKey, request: ToSign): Promise<Signed> => {
  const { url, method = 'POST', body, service, region = 'eu-central-1', at = new Date() } = request;
  const { protocol, host, hostname, pathname: path, searchParams } = new URL(url);
  const { sessionToken, ...bare } = key;
  const credentials = { ...bare, ...(sessionToken === undefined ? {} : { sessionToken }) };
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const names = [...new Set(searchParams.keys())];
  const query = Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)]));
  const headers = { host, ...request.headers };
  const { headers: all } = await signer.sign(
    { protocol, hostname, method, path, query, headers, body },
    { signingDate: at },
  );
  return { url, method, headers: all, ...(body === undefined ? {} : { body }) };
};
