import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { readJson, writeWhole } from '../machine/files.ts';

/** A user of the broker with its password, as a secret holds them. */
export interface BrokerLogin {
  readonly username: string;
  readonly password: string;
}

/** The two users that `topology` creates. Each folder of a stack has its own passwords. */
export interface Users {
  readonly functions: BrokerLogin;
  readonly publisher: BrokerLogin;
}

/** Reads the passwords from a file, or makes new ones and writes them there. */
export const openUsers = (path: string): Users => {
  const { functions, publisher } = v.parse(savedPasswords, readJson(path));
  writeWhole(path, JSON.stringify({ functions, publisher }));
  return {
    functions: { username: 'davit', password: functions },
    publisher: { username: 'publisher', password: publisher },
  };
};

// Amazon MQ wants at least 12 characters, without `,`, `:` and `=`.
const newPassword = (): string => randomBytes(18).toString('hex');

const savedPasswords = v.fallback(
  v.object({
    functions: v.fallback(v.string(), newPassword),
    publisher: v.fallback(v.string(), newPassword),
  }),
  () => ({ functions: newPassword(), publisher: newPassword() }),
);
