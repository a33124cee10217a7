import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Addresses } from '../../local/addresses.ts';
import { type Running, startProgram } from './program.ts';
import { root } from './root.ts';

/** A stack that runs as `npm start` runs it: a program of its own. */
export interface StackProgram extends Running {
  readonly addresses: Addresses;
}

/** Starts `npm start` without npm in a folder, and resolves when it is ready. Rejects with what it printed when it ends before. */
export const startStackProgram = async (dir: string): Promise<StackProgram> => {
  const running = startProgram([join(root, 'local/main.ts')], { DAVIT_DIR: dir, DAVIT_PORT: '0' });
  await running.printed('\nready\n');
  const addresses: Addresses = JSON.parse(readFileSync(join(dir, 'local.json'), 'utf8'));
  return { ...running, addresses };
};
