import { expect, it } from 'vitest';
import type { FlowName } from '../happening.ts';
import type { Item } from '../watchers.ts';
import { judgeStagePlaces } from './stage-places.ts';

const second = 1_000;

/** A stage whose limit is set after so many seconds, and a function of this release. */
const openedWith = (setAtS: number, release = 'current') => {
  const limits = [{ at: setAtS * second, maxRunning: 2 }];
  const judge = judgeStagePlaces(() => ({
    cloud: { stageLimits: () => limits },
    releaseOf: () => ({ name: release, openFunctions: () => expect.unreachable() }),
  }));
  const flow: FlowName = 'dispatch';
  return {
    invoke: (atS: number) =>
      judge.invoked(flow, { environment: 'dispatch-1', event: {}, startedAt: atS * second }),
    freeze: () =>
      judge.ended(flow, 'failed', {
        environment: 'dispatch-1',
        event: {},
        startedAt: 0,
        value: undefined,
        error: undefined,
      }),
    launch: (place?: string) =>
      judge.written(itemOf('QUEUED'), itemOf('LAUNCHING', place), 'dispatch-1'),
  };
};

const itemOf = (phase: string, place?: string): Item => ({
  taskId: { S: 'a' },
  phase: { S: phase },
  ...(place === undefined ? {} : { place: { S: place } }),
});

it('asks of every launch a place of the stage, also where the tool has a limit of its own', () => {
  const world = openedWith(0);
  world.invoke(20);
  expect(() => world.launch('stage')).not.toThrow();
  expect(() => world.launch()).toThrow('without a place of the stage');
  expect(() => world.launch('limit/echo')).toThrow('without a place of the stage');
});

it('asks nothing of who may not know the limit', () => {
  const early = openedWith(10);
  early.invoke(19);
  expect(() => early.launch()).not.toThrow();
  const previous = openedWith(0, 'previous');
  previous.invoke(20);
  expect(() => previous.launch()).not.toThrow();
});

it('takes what a frozen process does later for a part of its first invocation', () => {
  const world = openedWith(10);
  world.invoke(5);
  world.freeze();
  world.invoke(60);
  expect(() => world.launch()).not.toThrow();
});
