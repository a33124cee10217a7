import { expect, it } from 'vitest';
import { portOf } from '../../../local/machine/port.ts';

it.each([
  [undefined, 4566],
  ['', 4566],
  ['0', 0],
  ['65535', 65_535],
])('a DAVIT_PORT of %j is port %i', (given, port) => {
  expect(portOf(given)).toBe(port);
});

it.each(['4761 ', ' 4761', ' ', '+1', '1e3', '0x10', '1.0', '-1', '65536', 'http'])(
  'a DAVIT_PORT of %j is refused',
  (given) => {
    expect(() => portOf(given)).toThrow(`not "${given}"`);
  },
);
