import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { logged } from '../shared/log.ts';

/** `log('warn', 'task.rejected', …)`, over the line or not. */
const logs = /\blog\(\s*'(?:debug|info|warn|error)',\s*'([^']+)'/g;
/** `logUnreadable(ports, 'live.unreadable', …)`. */
const unreadable = /\blogUnreadable\((?:ports, )?'([a-z]+\.\w+)'/g;

test('every log name in the sources is on the list, and every name on the list is in use', () => {
  const sources = globSync('{shared,functions}/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const names = sources.flatMap((text) =>
    [...text.matchAll(logs), ...text.matchAll(unreadable)].map(([, name]) => name),
  );
  expect([...new Set(names)].sort()).toEqual([...logged].sort());
});
