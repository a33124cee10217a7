import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Runs the set-up of a clone to its end: its exit code, and all that it printed. */
export const runSetUp = async (clone: string, env: NodeJS.ProcessEnv) => {
  const child = spawn(process.execPath, [join(clone, 'local/setup.mjs')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  const [code] = await once(child, 'close');
  return { code: Number(code), printed };
};
