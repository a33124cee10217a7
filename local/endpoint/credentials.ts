import { randomBytes } from 'node:crypto';
import type { Principal } from './principal.ts';

/** An access key with its secret. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A key that the endpoint accepts, and its owner. A key of a role has a token, which each request must have. */
export interface Credential extends AccessKey {
  readonly sessionToken?: string;
  readonly principal: Principal;
}

/** A key of a role. */
export type RoleCredential = Credential & { readonly sessionToken: string };

/** All keys that the endpoint accepts. */
export interface Credentials {
  readonly find: (accessKeyId: string) => Credential | undefined;
  /** Adds the operator's key, which stays the same when the stack starts again. */
  readonly keep: (key: AccessKey) => void;
  /** Makes a key of a role, which is valid until `forget`. */
  readonly issue: (principal: Principal) => RoleCredential;
  readonly forget: (accessKeyId: string) => void;
}

/** An empty store. */
export const openCredentials = (): Credentials => {
  const all = new Map<string, Credential>();
  return {
    find: (accessKeyId) => all.get(accessKeyId),
    keep: (key) => void all.set(key.accessKeyId, { ...key, principal: { kind: 'operator' } }),
    issue: (principal) => {
      const made = { ...newAccessKey('ASIA'), sessionToken: random(96), principal };
      all.set(made.accessKeyId, made);
      return made;
    },
    forget: (accessKeyId) => void all.delete(accessKeyId),
  };
};

/** A random key: `AKIA` begins those of users, `ASIA` those of roles (IAM guide, unique identifiers). */
export const newAccessKey = (prefix: 'AKIA' | 'ASIA'): AccessKey => ({
  accessKeyId: prefix + [...randomBytes(16)].map((byte) => letters[byte % letters.length]).join(''),
  secretAccessKey: random(30),
});

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');
