import { expect, it } from 'vitest';
import { type BusEvent, openBuses } from '../../../local/events/bus.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('tells the time of an event to the second', async () => {
  const got: BusEvent[] = [];
  const buses = openBuses({
    account: '123456789012',
    region: 'eu-central-1',
    buses: ['default'],
    rules: [{ name: 'all', bus: 'default', matches: () => true, targets: [(e) => got.push(e)] }],
  });
  const entry = { Source: 's', DetailType: 't', Detail: '{}' };
  const Entries = [{ ...entry, Time: 1_795_000_000.5 }, entry];
  await buses.service.PutEvents?.({ Entries });
  await turn();
  expect(got[0]?.time).toBe('2026-11-18T11:06:40Z');
  expect(got[1]?.time).toMatch(/T\d\d:\d\d:\d\dZ$/);
});

it('gives no target an event once it has ended, and asks who puts one to come again', async () => {
  const got: unknown[] = [];
  const buses = openBuses({
    account: '123456789012',
    region: 'eu-central-1',
    buses: ['default'],
    rules: [{ name: 'all', bus: 'default', matches: () => true, targets: [(e) => got.push(e)] }],
  });
  buses.emit({ n: 1 });
  await turn();
  buses.emit({ n: 2 });
  buses.stop();
  await turn();
  expect(got).toEqual([{ n: 1 }]);
  const Entries = [{ Source: 's', DetailType: 't', Detail: '{}' }];
  expect(() => buses.service.PutEvents?.({ Entries })).toThrow(
    expect.objectContaining({ code: 'ServiceUnavailable', status: 503 }),
  );
});
