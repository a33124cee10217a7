import { expect, test } from 'vitest';
import { progressReader } from '../../../tools/transcoder/encode.mjs';

test('reports progress at most twice a second', () => {
  const reported: (readonly [number, string])[] = [];
  const read = progressReader((doneS, speed) => reported.push([doneS, speed]));
  for (const done of ['1500000', '1600000']) {
    for (const line of [`out_time_ms=${done}`, 'speed=2.1x', 'progress=continue']) read(line);
  }
  expect(reported).toEqual([[1.5, '2.1x']]);
});
