import { describe, expect, it } from 'vitest';
import type { Effect } from '../../shared/core/effect.ts';
import { ended, moved, notify } from '../../shared/core/move.ts';
import { hasEnoughStops, isOutboxFull } from '../../shared/core/outbox.ts';
import type { Running, Task } from '../../shared/core/task.ts';
import { arnOf, minute, start } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { outboxOf } from '../kit/step-helpers.ts';

const now = start + 10 * minute;
const long = 'x'.repeat(600);
const short = `${'x'.repeat(499)}…`;

const event = (n: number, what: 'running' | 'failed' = 'running'): Effect => ({
  kind: 'notify',
  id: `film-1/${n}/event.${what}`,
  run: n,
  to: 'event',
  what,
  at: start,
  sequence: n,
  body: { run: n, attempts: 0, tenant: 'default' },
});
const dead: Effect = { kind: 'dead', id: 'film-1/1/dead', run: 1, reason: long };
const stopOf = (n: number): Effect => ({
  kind: 'stop',
  id: `film-1/1/stop.${n}`,
  run: 1,
  ecsTaskArn: arnOf(n, 'b'),
  why: long,
});
const times = (n: number, make: (index: number) => Effect): readonly Effect[] =>
  Array.from({ length: n }, (_, index) => make(index + 1));

const written = (from: Partial<Running>, effects: readonly Effect[] = []): Task => {
  const task = samples.RUNNING;
  if (task.phase !== 'RUNNING') throw new Error('the sample does not run');
  const answer = moved({ ...task, ...from }, task, { now, effects });
  if (answer.kind === 'ignored') throw new Error(answer.why);
  return answer.task;
};

describe('the outbox after a move', () => {
  it('is as old as its oldest effect, and never younger than a new one', () => {
    const outboxSince = start + minute;
    const old = { outbox: [event(1)], outboxSince };
    expect(written(old).outboxSince).toBe(outboxSince);
    expect(written(old, [dead]).outboxSince).toBe(outboxSince);
    const deferred = { ...old, outboxSince: now + minute };
    expect(written(deferred).outboxSince).toBe(now + minute);
    expect(written(deferred, [dead]).outboxSince).toBe(now);
    expect(written({ outbox: [dead], outboxSince }, [dead]).outboxSince).toBe(now);
    expect(written({ outbox: [] }).outboxSince).toBeUndefined();
  });

  it('keeps its trouble while the effect is in it', () => {
    const outboxTrouble = { id: event(1).id, why: 'RabbitMQ could not be reached' };
    const outbox = [event(1), event(2)];
    expect(written({ outbox, outboxTrouble }).outboxTrouble).toEqual(outboxTrouble);
    expect(written({ outbox: [event(2)], outboxTrouble }).outboxTrouble).toBeUndefined();
    expect(written({ outbox }).outboxTrouble).toBeUndefined();
  });

  it('holds shortened texts of others', () => {
    const failed = {
      ...event(1, 'failed'),
      body: { run: 1, attempts: 0, tenant: 'a', reason: long },
    };
    const { outbox } = written({}, [dead, stopOf(1), failed, event(2)]);
    expect(outbox).toEqual([
      { ...dead, reason: short },
      { ...stopOf(1), why: short },
      { ...failed, body: { ...failed.body, reason: short } },
      event(2),
    ]);
  });

  it('drops the oldest events that a later one replaces, beyond twenty, and says so in the next event', () => {
    const kept = written({ outbox: times(19, event) }, [event(20)]);
    expect(kept.outbox).toHaveLength(20);
    expect(kept.eventsDropped).toBeUndefined();
    const full = written({ outbox: [dead, ...kept.outbox] }, [event(21), dead]);
    expect(full.outbox.map(({ id }) => id)).toEqual(
      [...times(19, (n) => event(n + 1)), event(21), dead].map(({ id }) => id),
    );
    expect(full.eventsDropped).toEqual({ event: 1 });
    expect(full.outbox.at(-2)).toEqual({
      ...event(21),
      body: { run: 21, attempts: 0, tenant: 'default', dropped: 1 },
    });
    expect(written({ outbox: times(30, () => dead) }).outbox).toHaveLength(30);
    expect(written({ outbox: times(30, (n) => event(n, 'failed')) }).outbox).toHaveLength(30);
  });

  it('holds no doorbell of an earlier run, and no stop of a container that was seen stopped', () => {
    const bell = (run: number): Effect => ({ kind: 'doorbell', id: `film-1/${run}/doorbell`, run });
    const ended = {
      run: 1,
      placement: 'cpu',
      version: '1.0.0',
      why: 'exit 1',
      endedAt: start,
    } as const;
    const past = (verdict: 'tool' | 'vanished') => [
      { ...ended, verdict, ecsTaskArn: arnOf(1, 'b') },
    ];
    const next = { ...samples.RUNNING, run: 2 };
    const outbox = [bell(1), bell(2), stopOf(1), stopOf(2)];
    const left = (verdict: 'tool' | 'vanished'): readonly string[] => {
      const answer = moved({ ...next, outbox }, { ...next, runs: past(verdict) }, { now });
      return answer.kind === 'moved' ? answer.task.outbox.map(({ id }) => id) : [];
    };
    expect(left('tool')).toEqual([bell(2).id, stopOf(2).id]);
    expect(left('vanished')).toEqual([bell(2).id, stopOf(1).id, stopOf(2).id]);
  });

  it('is full with thirty effects that must not be lost', () => {
    const most = [...times(20, event), ...times(29, () => dead)];
    expect(isOutboxFull({ outbox: most })).toBe(false);
    expect(isOutboxFull({ outbox: [...most, dead] })).toBe(true);
    expect(isOutboxFull({ outbox: [...most, event(3, 'failed')] })).toBe(true);
  });

  it('has enough stops with twenty', () => {
    const most = [...times(19, stopOf), dead];
    expect(hasEnoughStops({ outbox: most })).toBe(false);
    expect(hasEnoughStops({ outbox: [...most, stopOf(20)] })).toBe(true);
    expect(hasEnoughStops({ outbox: times(30, () => dead) })).toBe(false);
  });
});

describe('an event', () => {
  it('goes to the publisher only where it asked for replies, and to the bus only at an end', () => {
    const { replyTo, ...silent } = samples.RUNNING;
    const to = (...[task, what]: Parameters<typeof notify>): readonly string[] =>
      notify(task, what, { now, revision: 1 }).map((effect) => effect.to);
    expect(replyTo).toBe('reply.web');
    expect(to(samples.RUNNING, 'running', { now, revision: 1 })).toEqual(['event', 'reply']);
    expect(to(silent, 'running', { now, revision: 1 })).toEqual(['event']);
    expect(to(silent, 'failed', { now, revision: 1 })).toEqual(['event', 'bus']);
  });

  it('says on which placement and host the task runs', () => {
    const endpoint = { host: '10.0.0.7', port: 80, protocol: 'tcp' };
    const live = { ...samples.RUNNING, endpoint };
    const [running] = notify(live, 'running', { now, revision: 7 });
    expect(running).toEqual({
      kind: 'notify',
      id: 'film-1/1/event.running',
      run: 1,
      to: 'event',
      what: 'running',
      at: now,
      sequence: 8,
      body: {
        run: 1,
        attempts: 0,
        tenant: 'default',
        tool: 'echo',
        version: '1.0.0',
        placement: 'cpu-spot',
        endpoint,
      },
    });
  });
});

describe('an end', () => {
  it('frees the place of the run, and sends a dead letter with its reason', () => {
    const end = { ...samples.FAILED, reason: 'exit 64' };
    if (end.phase !== 'FAILED') throw new Error('the sample has not failed');
    const answer = ended(samples.RUNNING, end, { now, place: 'limit/echo' });
    if (answer.kind === 'ignored') throw new Error(answer.why);
    expect(outboxOf(answer.task)).toEqual([
      'free',
      'dead',
      'event.failed',
      'reply.failed',
      'bus.failed',
    ]);
    expect(answer.task.outbox.slice(0, 2)).toMatchObject([
      { limit: 'limit/echo' },
      { reason: 'exit 64' },
    ]);
  });
});
