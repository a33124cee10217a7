import { expect, it } from 'vitest';
import { isOfFullDisk, troubleWithDisk } from '../../../local/machine/disk-trouble.ts';

const failedWrite = (code: string): Error =>
  Object.assign(new Error(`${code}: no space left on device, write`), { code });

it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('says what to do when a write failed with %s', (code) => {
  expect(troubleWithDisk('/a/folder', failedWrite(code))).toBe(
    `The disk of /a/folder is full (${code}: no space left on device, write). Free some space there and start again: what was accepted is kept.`,
  );
});

it('finds the full disk behind another error', () => {
  const cause = new Error('The table cannot be opened.', { cause: failedWrite('ENOSPC') });
  expect(isOfFullDisk(cause)).toBe(true);
});

it.each([[failedWrite('EIO')], ['ENOSPC'], [undefined]])(
  'says nothing about another error: %s',
  (cause) => {
    expect(troubleWithDisk('/a/folder', cause)).toBeUndefined();
  },
);
