import * as v from 'valibot';
import { readJson, writeWhole } from '../machine/files.ts';
import { type AccessKey, newAccessKey } from './credentials.ts';

/**
 * The operator's key of a folder. It is random, made at the first start, and stays the same, so that a key copied into a terminal
 * works after a restart. If the file is removed, the next start makes another key.
 */
export const openOperatorKey = (path: string): AccessKey => {
  const saved = v.safeParse(savedKey, readJson(path));
  const key = saved.success ? saved.output : newAccessKey('AKIA');
  writeWhole(path, JSON.stringify(key), 0o600);
  return key;
};

const savedKey = v.object({
  accessKeyId: v.pipe(v.string(), v.regex(/^AKIA[A-Z2-7]{16}$/)),
  secretAccessKey: v.pipe(v.string(), v.regex(/^[\w-]{40}$/)),
});
