import { createHash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { ownOf } from '../../models/own.ts';
import type { WireRequest } from './call.ts';
import { type Claim, isSame } from './claim.ts';
import type { Credential } from './credentials.ts';
import { refusal, whereKeysLie } from './refusals.ts';
import type { Style } from './route.ts';
import { Sha256 } from './sha256.ts';

/** One signer for each key; the library keeps the derived keys of a day, region and service. */
const signers = new WeakMap<Credential, SignatureV4>();

/** Signs the request again with the secret that its key has here, by the SDK's own signer, and compares. Throws AWS's refusal. */
export const checkSignature = async (
  request: WireRequest,
  claim: Claim,
  { style, keysFile }: { readonly style: Style; readonly keysFile: string },
): Promise<void> => {
  const expected = hasOwnBody(request) ? await signatureOf(request, claim) : undefined;
  if (expected !== undefined && isSame(expected, claim.authorization.signature)) return;
  throw refusal(
    style,
    'mismatch',
    `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. ${whereKeysLie(keysFile)}`,
  );
};

/** A hash in a header is only believed where it is that of the body that came. */
const hasOwnBody = ({ headers, body }: WireRequest): boolean => {
  const said = headers['x-amz-content-sha256'];
  return said === undefined || said === createHash('sha256').update(body).digest('hex');
};

const signatureOf = async (
  { method, path, headers, body }: WireRequest,
  { credential, authorization, signedAt }: Claim,
): Promise<string | undefined> => {
  const { region, service, signedHeaders } = authorization;
  const [bare = '', query = ''] = path.split(/\?(.*)/s);
  const signed = signedHeaders.map((name) => [name, ownOf(headers, name) ?? '']);
  const { headers: again } = await signerOf(credential).sign(
    {
      protocol: 'http:',
      hostname: 'localhost',
      method,
      path: bare,
      query: queryOf(query),
      headers: Object.fromEntries(signed),
      body,
    },
    {
      signingDate: signedAt,
      signingRegion: region,
      signingService: service,
      // Some clients sign what the library by itself leaves out.
      signableHeaders: new Set(signedHeaders),
    },
  );
  return /Signature=(\w+)$/.exec(again.authorization ?? '')?.[1];
};

const signerOf = (credential: Credential): SignatureV4 => {
  const { accessKeyId, secretAccessKey } = credential;
  const signer =
    signers.get(credential) ??
    new SignatureV4({
      // The token is among the headers that came.
      credentials: { accessKeyId, secretAccessKey },
      region: '',
      service: '',
      sha256: Sha256,
      applyChecksum: false,
    });
  signers.set(credential, signer);
  return signer;
};

const queryOf = (query: string): Record<string, string | string[]> => {
  const all = new URLSearchParams(query);
  return Object.fromEntries([...new Set(all.keys())].map((name) => [name, all.getAll(name)]));
};
