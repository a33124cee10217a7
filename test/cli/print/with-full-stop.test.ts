import { expect, test } from 'vitest';
import { withFullStop } from '../../../cli/print/with-full-stop.ts';

test.each([
  ['exit 65', 'exit 65.'],
  ['There is no such tool.', 'There is no such tool.'],
  ['Was it edited by hand?', 'Was it edited by hand?'],
  ['it failed (exit 65)', 'it failed (exit 65).'],
])('%s ends as %s', (words, sentence) => {
  expect(withFullStop(words)).toBe(sentence);
});
