import { describe, expect, it } from 'vitest';
import { UnwritableRow } from '../../shared/core/unreadable.ts';
import { advance } from '../../shared/flows/advance.ts';
import type { Tasks } from '../../shared/ports.ts';
import { minute, second, start } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { memoryClock } from '../memory/clock.ts';
import { memoryTasks } from '../memory/tasks.ts';

const cancel = { kind: 'cancelAsked', taskId: 'film-1' } as const;
const world = () => ({ clock: memoryClock(start + minute), tasks: memoryTasks() });

describe('advance', () => {
  it('writes the row that the step function answers, and answers it', async () => {
    const ports = world();
    ports.tasks.put(samples.RUNNING);
    const advanced = await advance(ports, samples.RUNNING, cancel);
    expect(advanced).toMatchObject({ kind: 'moved', from: samples.RUNNING });
    expect(await ports.tasks.read('film-1')).toMatchObject({ stopping: { why: 'cancel' } });
  });

  it('applies the fact to the row of another writer that was faster', async () => {
    const ports = world();
    ports.tasks.put(samples.RUNNING);
    const advanced = await advance(ports, samples.STARTING, cancel);
    expect(advanced).toMatchObject({ kind: 'moved', task: { phase: 'RUNNING' } });
    ports.tasks.put(samples.SUCCEEDED);
    expect(await advance(ports, samples.RUNNING, cancel)).toMatchObject({
      kind: 'ignored',
      task: { phase: 'SUCCEEDED' },
    });
  });

  it('does not create a second row when another writer has created it meanwhile', async () => {
    const ports = world();
    ports.tasks.put(samples.QUEUED);
    const advanced = await advance(ports, undefined, cancel);
    expect(advanced).toMatchObject({ kind: 'moved', task: { phase: 'CANCELLED', tool: 'echo' } });
    expect(ports.tasks.rows()).toHaveLength(1);
  });

  it('answers invalid when the table cannot hold the row, and throws when it always loses', async () => {
    const ports = world();
    ports.tasks.put(samples.RUNNING);
    ports.tasks.refuse('film-1', 'Item size has exceeded the maximum allowed size');
    await expect(advance(ports, samples.RUNNING, cancel)).rejects.toThrow(UnwritableRow);
    ports.tasks.refuse('film-2', 'Item size has exceeded the maximum allowed size');
    const tombstone = { ...cancel, taskId: 'film-2' };
    expect(await advance(ports, undefined, tombstone)).toEqual({
      kind: 'invalid',
      why: 'Item size has exceeded the maximum allowed size',
    });
    const save: Tasks['save'] = async () => ({ kind: 'lost', winner: samples.RUNNING });
    const losing = { ...ports, tasks: { ...ports.tasks, save } };
    await expect(advance(losing, samples.RUNNING, cancel)).rejects.toThrow(/25 times in a row/);
    expect(ports.clock.now()).toBe(start + 60 * second);
  });
});
