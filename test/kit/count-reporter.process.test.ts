import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const vitest = join(
  dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
  'vitest.mjs',
);

it('names what failed and what needed a second try, shortly, and counts in the last line; a unit test starts no process', () => {
  const { stdout, status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', join(import.meta.dirname, 'closing-lines')],
    { encoding: 'utf8' },
  );
  const refused = 'a unit test started a process: name its file *.process.test.ts';
  const lines = stdout.trim().split('\n');
  expect(lines.slice(-6)).toEqual([
    expect.stringMatching(/^failed: some\.check\.ts > fails: expected a long row .{250,300}…$/),
    expect.stringMatching(/; - "run": 0; \+ "run": 3 \| then: .*; - "run": 0; \+ "run": 4$/),
    `failed: some.check.ts > spawns a process: ${refused}`,
    `failed: some.check.ts > waits for a process: ${refused}`,
    expect.stringMatching(
      /^second try: some\.check\.ts > passes at the second try: expected 1 to be 2/,
    ),
    '2 passed, 4 failed',
  ]);
  expect(status).toBe(1);
});
