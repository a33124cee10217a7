import { createHash, randomBytes } from 'node:crypto';
import type { RequestHead, WireAnswer } from './call.ts';
import type { Credentials, RoleCredential } from './credentials.ts';

/** The path at which a container gets the keys of its task role. ECS serves it at http://169.254.170.2. */
export const taskKeysPath = '/v2/credentials';

/** The keys of task roles. Each run gets its own with a token that only it has. */
export interface TaskKeys {
  /** Makes the token and the key of a run. */
  readonly open: (taskArn: string, roleArn: string) => string;
  /** Forgets both. Does nothing for a run without them. */
  readonly close: (taskArn: string) => void;
  /** Answers a request for keys; undefined for any other request. It changes nothing. */
  readonly answer: (head: RequestHead) => WireAnswer | undefined;
}

/** An empty store of the keys of task roles. */
export const openTaskKeys = (credentials: Credentials): TaskKeys => {
  const byTask = new Map<string, { readonly place: string; readonly key: RoleCredential }>();
  // By a digest, so that the time of a look-up does not depend on the token.
  const byToken = new Map<string, RoleCredential>();

  const close = (taskArn: string): void => {
    const one = byTask.get(taskArn);
    if (one === undefined) return;
    byTask.delete(taskArn);
    byToken.delete(one.place);
    credentials.forget(one.key.accessKeyId);
  };

  return {
    open: (taskArn, roleArn) => {
      close(taskArn);
      const token = randomBytes(32).toString('base64url');
      const key = credentials.issue({ kind: 'task', roleArn, name: taskArn });
      byTask.set(taskArn, { place: placeOf(token), key });
      byToken.set(placeOf(token), key);
      return token;
    },
    close,
    answer: ({ method, path, headers }) => {
      if (method !== 'GET' || path !== taskKeysPath) return undefined;
      const key = byToken.get(placeOf(headers.authorization ?? ''));
      return key === undefined ? refused : json(200, shownOf(key));
    },
  };
};

const json = (status: number, body: object): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

const refused = json(403, {
  Code: 'AccessDenied',
  Message:
    'The Authorization header must be the value of AWS_CONTAINER_AUTHORIZATION_TOKEN of a run that is not over.',
});

const placeOf = (token: string): string => createHash('sha256').update(token).digest('base64');

/** The SDK asks again before this time is over. The key itself is valid until its run ends. */
const hoursGiven = 6;

/** As ECS returns them (ECS guide, task IAM role). */
const shownOf = ({ principal, ...key }: RoleCredential): object => ({
  RoleArn: principal.roleArn,
  AccessKeyId: key.accessKeyId,
  SecretAccessKey: key.secretAccessKey,
  Token: key.sessionToken,
  Expiration: `${new Date(Date.now() + hoursGiven * 3_600_000).toISOString().slice(0, 19)}Z`,
});
