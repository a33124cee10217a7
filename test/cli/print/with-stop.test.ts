import { expect, test } from 'vitest';
import { withStop } from '../../../cli/print/with-stop.ts';

test.each([
  ['exit 65', 'exit 65.'],
  ['There is no such tool.', 'There is no such tool.'],
  ['Was it edited by hand?', 'Was it edited by hand?'],
  ['it failed (exit 65)', 'it failed (exit 65).'],
])('%s ends as %s', (words, sentence) => {
  expect(withStop(words)).toBe(sentence);
});
