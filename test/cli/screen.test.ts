import { expect, test } from 'vitest';
import { screenOf } from '../../cli/screen.ts';

const terminal = { isTTY: true, columns: 80 };

test.each([
  ['a terminal', terminal, {}, { colours: true, columns: 80 }],
  ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, { colours: false, columns: 80 }],
  ['a terminal with an empty NO_COLOR', terminal, { NO_COLOR: '' }, { colours: true, columns: 80 }],
  [
    'a terminal with FORCE_COLOR=0',
    terminal,
    { FORCE_COLOR: '0' },
    { colours: false, columns: 80 },
  ],
  ['a terminal of unknown width', { isTTY: true, columns: 0 }, {}, { colours: true }],
  ['a pipe', {}, {}, { colours: false }],
  ['a pipe with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, { colours: true }],
  ['a pipe with both', {}, { FORCE_COLOR: '1', NO_COLOR: '1' }, { colours: true }],
])('the screen of %s', (_what, stream, env, screen) => {
  expect(screenOf(stream, env)).toEqual(screen);
});
