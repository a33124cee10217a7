import { expect, it } from 'vitest';
import { eventsApi } from '../../../local/events/api.ts';
import { type BusEvent, type EventRouter, openRouter } from '../../../local/events/router.ts';

const api = (router: EventRouter) => eventsApi({ rules: [], buses: ['default'] }, router).actions;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('writes the time of an event to the second', async () => {
  const got: BusEvent[] = [];
  const router = openRouter([
    { name: 'all', bus: 'default', matches: () => true, targets: [(e) => got.push(e)] },
  ]);
  const entry = { Source: 's', DetailType: 't', Detail: '{}' };
  const Entries = [{ ...entry, Time: 1_795_000_000.5 }, entry];
  await api(router).PutEvents?.({ Entries });
  await turn();
  expect(got[0]?.time).toBe('2026-11-18T11:06:40Z');
  expect(got[1]?.time).toMatch(/T\d\d:\d\d:\d\dZ$/);
});

it('gives no target an event once it has stopped, and asks a caller of PutEvents to try again', async () => {
  const got: unknown[] = [];
  const router = openRouter([
    { name: 'all', bus: 'default', matches: () => true, targets: [(e) => got.push(e)] },
  ]);
  router.emit({ n: 1 });
  await turn();
  router.emit({ n: 2 });
  router.stop();
  await turn();
  expect(got).toEqual([{ n: 1 }]);
  const Entries = [{ Source: 's', DetailType: 't', Detail: '{}' }];
  expect(() => api(router).PutEvents?.({ Entries })).toThrow(
    expect.objectContaining({ code: 'ServiceUnavailable', status: 503 }),
  );
});
