import { createHash } from 'node:crypto';
import { createScope, getCanonicalHeaders, SignatureV4 } from '@smithy/signature-v4';
import { ownOf } from '../../models/own.ts';
import type { WireRequest } from './call.ts';
import { type Claim, isSame } from './claim.ts';
import type { Credential } from './credentials.ts';
import { refusal, whereKeysAre } from './refusals.ts';
import type { Style } from './route.ts';
import { Sha256 } from './sha256.ts';

/** Signs the request again with the secret of its key, by the SDK's own signer, and compares. Throws AWS's refusal. */
export const checkSignature = async (
  request: WireRequest,
  claim: Claim,
  { style, keysFile }: { readonly style: Style; readonly keysFile: string },
): Promise<void> => {
  const digest = createHash('sha256').update(request.body).digest('hex');
  // A hash in a header counts only if it is the hash of the body that came.
  const { 'x-amz-content-sha256': claimed = digest } = request.headers;
  const expected =
    claimed === digest
      ? await signerOf(claim.credential).signatureOf(request, claim, digest)
      : undefined;
  if (expected !== undefined && isSame(expected, claim.authorization.signature)) return;
  throw refusal(
    style,
    'mismatch',
    `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. ${whereKeysAre(keysFile)}`,
  );
};

/** Like `SignatureV4.sign`, but over exactly the headers that the client signed: `sign` drops a `date` header. */
class SignerAgain extends SignatureV4 {
  async signatureOf(
    { method, path, headers }: WireRequest,
    { authorization: { region, service, signedHeaders }, signedAt }: Claim,
    digest: string,
  ): Promise<string> {
    const [bare = '', query = ''] = path.split(/\?(.*)/s);
    const request = {
      protocol: 'http:',
      hostname: 'localhost',
      method,
      path: bare,
      query: queryOf(query),
      headers: Object.fromEntries(signedHeaders.map((name) => [name, ownOf(headers, name) ?? ''])),
    };
    const canonicalHeaders = getCanonicalHeaders(request, undefined, new Set(signedHeaders));
    const canonical = this.createCanonicalRequest(request, canonicalHeaders, digest);
    const { longDate, shortDate } = this.formatDate(signedAt);
    const scope = createScope(shortDate, region, service);
    return this.sign(
      await this.createStringToSign(longDate, scope, canonical, 'AWS4-HMAC-SHA256'),
      { signingDate: signedAt, signingRegion: region, signingService: service },
    );
  }
}

/** One signer for each key. The library keeps the keys that it derives for a day, region and service. */
const signers = new WeakMap<Credential, SignerAgain>();

const signerOf = (credential: Credential): SignerAgain => {
  const { accessKeyId, secretAccessKey } = credential;
  const signer =
    signers.get(credential) ??
    new SignerAgain({
      // The token is among the headers that came.
      credentials: { accessKeyId, secretAccessKey },
      region: '',
      service: '',
      sha256: Sha256,
    });
  signers.set(credential, signer);
  return signer;
};

const queryOf = (query: string): Record<string, string | string[]> => {
  const all = new URLSearchParams(query);
  return Object.fromEntries([...new Set(all.keys())].map((name) => [name, all.getAll(name)]));
};
