import { expect, test } from 'vitest';
import { statusLineOn } from '../../cli/status-line.ts';

test('a status stays below what is printed, and is written over by the next one', () => {
  const written: string[] = [];
  const line = statusLineOn((text) => written.push(text));
  line.print('one');
  line.show('10 %');
  line.print('two');
  line.show('20 %');
  line.show(undefined);
  line.above(() => written.push('remark\n'));
  const clear = '\r\u001b[2K';
  expect(written).toEqual([
    'one\n',
    '10 %',
    clear,
    'two\n',
    '10 %',
    clear,
    '20 %',
    clear,
    'remark\n',
  ]);
});
