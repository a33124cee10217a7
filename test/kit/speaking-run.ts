import type { SpokenLine } from '../../shared/core/run-lines.ts';
import { type RelayPorts, relay } from '../../shared/flows/relay.ts';
import { memoryOwnedRuns } from '../memory/owned-runs.ts';
import { memoryRunLines } from '../memory/run-lines.ts';
import { second } from './facts.ts';
import { newWorld, type World } from './world.ts';

/** A world in which the first run of film-1 is RUNNING, and what relays its lines. */
export interface Speaking {
  readonly world: World;
  readonly ports: RelayPorts;
  /** Delivers lines of an ECS task, that of film-1 unless another one is named. */
  readonly say: (lines: readonly SpokenLine[], ecsTaskArn?: string) => Promise<void>;
}

/** Submits film-1 to echo with this spec and these properties, and waits for its first run. */
export const startSpeaking = async (
  spec: object = {},
  properties: object = {},
): Promise<Speaking> => {
  const world = newWorld({ spec });
  world.broker.listen('listener', 'echo.*');
  world.submit('film-1', {}, properties);
  await world.dispatch();
  await world.pass(second);
  await world.settle();
  const ports: RelayPorts = {
    ...world.ports,
    lines: memoryRunLines(),
    owners: memoryOwnedRuns(),
    known: new Map(),
    signal: new AbortController().signal,
  };
  const arn = world.arnOf('film-1');
  return {
    world,
    ports,
    say: (lines, ecsTaskArn = arn) =>
      relay({ ecsTaskId: ecsTaskArn.split('/').at(-1) ?? '', lines, refused: [] }, ports),
  };
};

/** Ends the run of film-1. */
export const endRun = async ({ world }: Speaking, exitCode = 0): Promise<void> => {
  world.runs.exit(world.arnOf('film-1'), exitCode);
  await world.pass(second);
  await world.settle();
};

/** When the lines below were printed. */
export const at = Date.UTC(2026, 10, 24, 14);
export const output = (id: string, value: object = { id }): SpokenLine => ({
  id,
  at,
  kind: 'output',
  value,
});
export const result: SpokenLine = { id: 'r', at, kind: 'result', json: '{"frames":240}' };

/** The events in a queue, oldest first. */
export const eventsOf = (world: World, queue: string) =>
  world.broker.ready(queue).map(({ body }) => JSON.parse(Buffer.from(body, 'base64').toString()));
/** The data of the events in a queue that say this. */
export const dataOf = (world: World, queue: string, what: string) =>
  eventsOf(world, queue)
    .filter(({ type }) => type === `davit.task.${what}`)
    .map(({ data }) => data);
