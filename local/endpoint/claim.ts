import { timingSafeEqual } from 'node:crypto';
import { type Authorization, authorizationOf } from './authorization.ts';
import type { RequestHead } from './call.ts';
import type { Credential, Credentials } from './credentials.ts';
import { refusal, whereKeysAre } from './refusals.ts';
import type { Route } from './route.ts';

/** The sender of a head, checked as far as possible without the body: a known key, the right scope, a fresh date. */
export interface Claim {
  readonly credential: Credential;
  readonly authorization: Authorization;
  readonly signedAt: Date;
}

/** What a claim is checked against. */
export interface Checkpoint {
  readonly credentials: Pick<Credentials, 'find'>;
  readonly region: string;
  /** The file that has the operator's key, for messages. */
  readonly keysFile: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Checks a head before its body is read. Throws AWS's refusal. */
export const claimOf = (
  head: RequestHead,
  route: Route,
  { credentials, region, keysFile, now }: Checkpoint,
): Claim => {
  const { headers } = head;
  const { style, service = '' } = route;
  if (headers.authorization === undefined) {
    throw refusal(
      style,
      'missing',
      `Request is missing Authentication Token. ${whereKeysAre(keysFile)}`,
    );
  }
  const authorization = authorizationOf(headers.authorization);
  if ('why' in authorization) throw refusal(style, 'incomplete', authorization.why);
  const credential = credentials.find(authorization.accessKeyId);
  if (credential === undefined || !hasToken(credential, headers['x-amz-security-token'])) {
    throw refusal(
      style,
      'unknownKey',
      `The security token included in the request is invalid. ${adviceFor(credential, keysFile)}`,
    );
  }
  const why =
    scopeFault(authorization, { region, service }) ?? signedHeadersFault(authorization, headers);
  if (why !== undefined) throw refusal(style, 'mismatch', why);
  const date = headers['x-amz-date'] ?? '';
  const signedAt = dateOf(date);
  if (signedAt === undefined) {
    const found = date === '' ? 'none came' : `'${date.slice(0, 40)}' came`;
    throw refusal(
      style,
      'incomplete',
      `Authorization header requires existence of a 'X-Amz-Date' header like 20261129T120000Z; ${found}.`,
    );
  }
  const late = dateFault(date, authorization.date, now);
  if (late !== undefined) throw refusal(style, 'mismatch', late);
  return { credential, authorization, signedAt };
};

/** Whether two texts are the same, in a time that does not depend on where they differ. */
export const isSame = (expected: string, came: string): boolean => {
  const [a, b] = [Buffer.from(expected), Buffer.from(came)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** The token of a key, and none for a key that has none. */
const hasToken = ({ sessionToken }: Credential, token: string | undefined): boolean =>
  sessionToken === undefined ? token === undefined : isSame(sessionToken, token ?? '');

/** The environment often has a token of another account, but the operator's key has none. */
const adviceFor = (known: Credential | undefined, keysFile: string): string =>
  known !== undefined && known.sessionToken === undefined
    ? 'This key has no session token: leave it out (unset AWS_SESSION_TOKEN).'
    : whereKeysAre(keysFile);

const scopeFault = (
  { region, service }: Authorization,
  here: { readonly region: string; readonly service: string },
): string | undefined => {
  if (region !== here.region) {
    return `Credential should be scoped to a valid region, not '${region}': the local AWS has ${here.region} alone, so sign for that (--region ${here.region}, AWS_REGION).`;
  }
  // A request for nothing that exists here is refused after its signature was checked.
  if (here.service === '' || service === here.service) return undefined;
  return `Credential should be scoped to correct service: '${here.service}', not '${service}': sign for the service that is called.`;
};

/** Host and every `x-amz-*` header that came must be signed (IAM guide, canonical request). */
const signedHeadersFault = (
  { signedHeaders }: Authorization,
  headers: RequestHead['headers'],
): string | undefined => {
  const signed = new Set(signedHeaders);
  if (!signed.has('host')) {
    return "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization: sign it too.";
  }
  const loose = Object.keys(headers).filter((n) => n.startsWith('x-amz-') && !signed.has(n));
  return loose.length === 0
    ? undefined
    : `There were headers present in the request which were not signed: ${loose.join(', ')}. Sign every x-amz-* header, or leave it out.`;
};

const written = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

const dateOf = (date: string): Date | undefined => {
  if (!written.test(date)) return undefined;
  const parsed = new Date(date.replace(written, '$1-$2-$3T$4:$5:$6Z'));
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
};

/** A request must arrive within five minutes of its date (IAM guide, signing AWS API requests). */
const skewMs = 5 * 60_000;

const dateFault = (date: string, scopeDate: string, now: number): string | undefined => {
  const at = dateOf(date)?.getTime() ?? 0;
  if (at < now - skewMs) {
    return `Signature expired: ${date} is now earlier than ${textOf(now - skewMs)} (${textOf(now)} - 5 min.). Set the clock, and sign again.`;
  }
  if (at > now + skewMs) {
    return `Signature not yet current: ${date} is still later than ${textOf(now + skewMs)} (${textOf(now)} + 5 min.). Set the clock, and sign again.`;
  }
  return date.startsWith(`${scopeDate}T`)
    ? undefined
    : `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scopeDate}' != '${date.slice(0, 8)}', from '${date}'.`;
};

const textOf = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
