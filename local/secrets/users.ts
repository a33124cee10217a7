import { randomBytes } from 'node:crypto';
import { isObject } from '../endpoint/input.ts';
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
  const saved = readJson(path);
  const functions = savedPassword(saved, 'functions');
  const publisher = savedPassword(saved, 'publisher');
  writeWhole(path, JSON.stringify({ functions, publisher }));
  return {
    functions: { username: 'davit', password: functions },
    publisher: { username: 'publisher', password: publisher },
  };
};

const savedPassword = (saved: unknown, name: string): string => {
  const password = isObject(saved) ? saved[name] : undefined;
  // Amazon MQ wants at least 12 characters, without `,`, `:` and `=`.
  return typeof password === 'string' ? password : randomBytes(18).toString('hex');
};
