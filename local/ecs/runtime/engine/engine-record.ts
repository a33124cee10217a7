import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import { errorMessage } from '../../../../shared/core/error-message.ts';
import { readJson, writeWhole } from '../../../machine/files.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { FoundEngine } from './find-engine.ts';
import { removeContainersAt } from './remove-container.ts';

/**
 * Removes the containers that an earlier stack of this folder left at its engine, and notes the engine of this one, before the first
 * container is created there. The settings are absent when the containers of this stack are processes.
 */
export const openEngine = async (
  dir: string,
  found: FoundEngine | undefined,
  log: (line: string) => void,
): Promise<EngineSettings | undefined> => {
  const path = join(dir, 'engine.json');
  const noted = v.safeParse(record, readJson(path));
  const stack = noted.success ? noted.output.stack : randomBytes(16).toString('hex');
  const addresses = new Set([
    ...(noted.success ? [noted.output.address] : []),
    ...(found === undefined ? [] : [found.address]),
  ]);
  for (const address of addresses) await removeLeft({ address, stack }, log);
  if (found === undefined) return undefined;
  const { address, cpus, architecture } = found;
  writeWhole(path, JSON.stringify({ stack, address }));
  return { address, stack, cpus, architecture };
};

/** The id of the stack stays the same in its folder. The address is that of the last engine. */
const record = v.object({
  stack: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  address: v.string(),
});

const removeLeft = async (
  at: Pick<EngineSettings, 'address' | 'stack'>,
  log: (line: string) => void,
): Promise<void> => {
  try {
    for (const name of await removeContainersAt(at)) log(`ended a leftover: container ${name}`);
  } catch (cause) {
    log(
      `containers of an earlier start may still run at ${at.address}, which does not answer: ${errorMessage(cause)}`,
    );
  }
};
