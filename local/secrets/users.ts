import { randomBytes } from 'node:crypto';
import { isObject } from '../endpoint/input.ts';
import { readJson, writeWhole } from '../machine/files.ts';

/** A user of the broker as Secrets Manager holds it. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The two users that `topology` makes, with passwords of this folder. */
export interface Users {
  readonly functions: Credentials;
  readonly publisher: Credentials;
}

/** Reads the passwords of a folder, or makes them. */
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
  // Amazon MQ wants 12 characters or more and none of `,:=`.
  return typeof password === 'string' ? password : randomBytes(18).toString('hex');
};
