import { expect, test } from 'vitest';
import { progressBar, progressText } from '../../../cli/print/progress-bar.ts';
import { columnsOf } from '../../../cli/print/text.ts';

const screen = { colours: false, columns: 60 };
const progress = { run: 1, at: 0 };

test('a bar has the fraction, the percentage and the step, and fits the screen', () => {
  expect(progressBar({ ...progress, fraction: 0.5, step: 'encode' }, screen)).toBe(
    `          ${'█'.repeat(12)}${'░'.repeat(12)}  50 % encode`,
  );
  const long = { ...progress, fraction: 1, step: '漢'.repeat(100) };
  expect(columnsOf(progressBar(long, screen))).toBeLessThan(60);
  expect(progressBar({ ...progress, step: 'waits' }, screen).trim()).toBe('waits');
});

test('neither form lets a step control the terminal', () => {
  const step = '\u001b]0;title\u0007\n\r';
  for (const sign of ['\u001b', '\r', '\n'])
    expect(progressBar({ ...progress, step }, screen)).not.toContain(sign);
  expect(progressText({ ...progress, fraction: 0.257, step })).toBe(
    '          run 1: 25 %, \\u{1b}]0;title\\u{7}',
  );
});
