import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tasksTable } from '../../shared/aws/tasks.ts';
import { advance } from '../../shared/flows/advance.ts';
import { carryOut } from '../../shared/flows/carry-out.ts';
import type { Tasks } from '../../shared/ports.ts';
import { type ContractEndpoint, openContractEndpoint } from '../kit/endpoint.ts';
import { minute, second } from '../kit/facts.ts';
import { newWorld } from '../kit/world.ts';

let endpoint: ContractEndpoint;
let client: DynamoDBClient;
let tasks: Tasks;
let ids = 0;
beforeAll(async () => {
  endpoint = await openContractEndpoint();
  client = new DynamoDBClient(endpoint.config);
  tasks = tasksTable({ client, table: endpoint.table, newId: () => `w-${++ids}` });
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

test('a launch in doubt whose events were all lost is found running after 45 minutes, and a cancel stops it', async () => {
  const world = newWorld();
  const { runs } = world.ports;
  const answerLost = async (order: Parameters<typeof runs.launch>[0]) => {
    await runs.launch(order);
    return { kind: 'doubt', why: 'RunTask timed out' } as const;
  };
  Object.assign(world.ports, { tasks, runs: { ...world.runs, launch: answerLost } });
  world.submit('film-1');
  await world.dispatch();
  expect(await tasks.read('film-1')).toMatchObject({ phase: 'LAUNCHING' });
  await world.pass(46 * minute);
  await world.sweep();
  expect(await tasks.read('film-1')).toMatchObject({ phase: 'RUNNING', run: 1 });
  expect(world.names()).not.toContain('sweep.setback');

  const running = await tasks.read('film-1');
  const cancelled = await advance(world.ports, running, { kind: 'cancelAsked', taskId: 'film-1' });
  if (cancelled.kind !== 'moved') throw new Error(`the cancel was ${cancelled.kind}`);
  await carryOut(world.ports, cancelled.task);
  await world.pass(5 * second);
  await world.sweep();
  expect(await tasks.read('film-1')).toMatchObject({ phase: 'CANCELLED' });
  expect(world.runs.living()).toEqual([]);
});

test('when messages race for a cancel that came before them, one gets it, and the others are rejected', async () => {
  const world = newWorld();
  Object.assign(world.ports, { tasks });
  await advance(world.ports, undefined, { kind: 'cancelAsked', taskId: 'film-2' });
  for (const film of [1, 2, 3]) world.submit('film-2', { input: { film } });
  await world.dispatch();
  expect(world.broker.ready('davit.tasks')).toEqual([]);
  expect(await tasks.read('film-2')).toMatchObject({ phase: 'CANCELLED', tool: 'echo' });
  const { rows: rejected } = await tasks.inPhase('REJECTED', { limit: 100 });
  expect(rejected).toHaveLength(2);
  for (const { taskId } of rejected) {
    const row = await tasks.read(taskId);
    expect(row).toMatchObject({ reason: expect.stringMatching(/film-2 belongs to another/) });
  }
  expect(world.sentTo('davit.dead').sort()).toEqual(rejected.map((row) => row.taskId).sort());
});
