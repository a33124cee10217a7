import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { statesDocument } from '../../docs/states.ts';

it('has docs/states.md as the step function makes it', async () => {
  const written = await readFile(new URL('../../docs/states.md', import.meta.url), 'utf8');
  const remedy =
    'docs/states.md is not what the step function does: run `npm run states`, and read the difference';
  expect(written === statesDocument(), remedy).toBe(true);
});
