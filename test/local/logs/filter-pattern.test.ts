import { expect, test } from 'vitest';
import { lineTest } from '../../../local/logs/filter-pattern.ts';

test('a regular expression between percent signs matches lines as CloudWatch Logs does', () => {
  const matches = lineTest('%^DAVIT_%');
  expect(['DAVIT_RESULT {}', ' DAVIT_RESULT {}', 'x DAVIT_', 'davit_'].map(matches)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test.each(['DAVIT_', '%(a|b)%', '%a!%', '{ $.a = 1 }', '', '%%'])(
  'the pattern %s is refused, because it would match other lines in silence',
  (pattern) => {
    expect(() => lineTest(pattern)).toThrow(/filter pattern/);
  },
);
