import { expect, it } from 'vitest';
import { openTeardown } from '../../../local/machine/teardown.ts';

it('ends what was started in reverse order, once, also past a part that fails', async () => {
  const ended: string[] = [];
  const lines: string[] = [];
  const teardown = openTeardown((line) => lines.push(line));
  teardown.add('first', () => void ended.push('first'));
  teardown.add('broken', () => {
    throw new Error('stuck');
  });
  teardown.add('last', async () => void ended.push('last'));
  await Promise.all([teardown.run(), teardown.run()]);
  expect(ended).toEqual(['last', 'first']);
  expect(lines).toEqual(['broken did not end cleanly: stuck']);
});
