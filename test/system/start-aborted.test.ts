import { rmSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { startStack } from '../../local/stack.ts';
import { imagesDir, newFolder } from '../kit/local-stack.ts';
import { livingIn } from '../kit/process-identity.ts';

it('does not report a function as broken when Ctrl-C has ended it', async () => {
  const dir = newFolder();
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const printed: string[] = [];
  const stopping = new AbortController();
  const started = startStack({
    dir,
    imagesDir,
    log: (line) => printed.push(line),
    signal: stopping.signal,
    faults: {
      // Ctrl-C also reaches the functions, because they are in the same process group.
      onCall: ({ functionName }) => {
        if (!functionName?.endsWith('-release')) return undefined;
        stopping.abort(new Error('Ctrl-C'));
        return 'killCaller';
      },
    },
  });
  await expect(started).rejects.toThrow('Ctrl-C');
  expect(printed.join('\n')).not.toContain('release failed');
  expect(livingIn(dir)).toEqual([]);
});
