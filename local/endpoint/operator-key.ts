import { readJson, writeWhole } from '../machine/files.ts';
import { type AccessKey, newAccessKey } from './credentials.ts';
import { isObject } from './input.ts';

/**
 * The operator's key of a folder: made at random at its first start, and the same from then on, so that what was
 * copied into a terminal holds over a restart. Whoever removes the file gets another one at the next start.
 */
export const openOperatorKey = (path: string): AccessKey => {
  const key = saved(readJson(path)) ?? newAccessKey('AKIA');
  writeWhole(path, JSON.stringify(key), 0o600);
  return key;
};

const wellFormed = { accessKeyId: /^AKIA[A-Z2-7]{16}$/, secretAccessKey: /^[\w-]{40}$/ };

const saved = (json: unknown): AccessKey | undefined => {
  if (!isObject(json)) return undefined;
  const { accessKeyId, secretAccessKey } = json;
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') return undefined;
  const isGood =
    wellFormed.accessKeyId.test(accessKeyId) && wellFormed.secretAccessKey.test(secretAccessKey);
  return isGood ? { accessKeyId, secretAccessKey } : undefined;
};
