import { describe, expect, it } from 'vitest';
import type { Effect } from '../../shared/core/effect.ts';
import { isOutboxKind, outboxDue } from '../../shared/core/outbox-due.ts';
import type { Task } from '../../shared/core/task.ts';
import { arnOf, hour, minute, start } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';

const unannounced = samples['SUCCEEDED, not announced yet'];
const [event, reply, bus] = unannounced.outbox;
if (!event || !reply || !bus) throw new Error('the sample has no events');
const doorbell: Effect = { kind: 'doorbell', id: 'film-1/1/doorbell', run: 1 };
const stop: Effect = {
  kind: 'stop',
  id: 'film-1/1/stop',
  run: 1,
  ecsTaskArn: arnOf(1),
  why: 'cancelled',
};

const holding = (outbox: readonly Effect[], failed?: Effect): Task => ({
  ...unannounced,
  outbox,
  outboxSince: start,
  ...(failed ? { outboxTrouble: { id: failed.id, why: 'it was refused' } } : {}),
});

const why = (...of: Parameters<typeof holding>): string | undefined =>
  outboxDue(holding(...of))?.why;
const kind = (...of: Parameters<typeof holding>): string | undefined =>
  outboxDue(holding(...of))?.kind;

describe('an outbox', () => {
  it('is tried a minute after its oldest effect', () => {
    expect(outboxDue(holding([event, doorbell]))?.at).toBe(start + minute);
    expect(outboxDue(holding([]))).toBeUndefined();
  });

  it('is tried ten seconds after a stop came into it, and a minute after that one failed', () => {
    expect(outboxDue(holding([stop, event]))?.at).toBe(start + 10_000);
    expect(outboxDue(holding([stop, event], stop))?.at).toBe(start + minute);
  });

  it('waits with a reply until its result is read, unless it holds something else', () => {
    const waits = { ...reply, notBefore: start + hour };
    expect(outboxDue(holding([waits]))?.at).toBe(start + hour);
    expect(outboxDue(holding([waits, event]))?.at).toBe(start + minute);
    expect(outboxDue(holding([waits, doorbell]))?.at).toBe(start + minute);
  });

  it('waits from the last write of a row that does not say since when', () => {
    const { outboxSince: _since, ...task } = holding([event]);
    expect(outboxDue(task)?.at).toBe(task.updatedAt + minute);
  });

  it('is found as a stop, or as a reply that failed, or else as an effect', () => {
    expect(kind([event, stop], event)).toBe('stop');
    expect(kind([event, reply], reply)).toBe('effect');
    expect(kind([reply])).toBe('effect');
    expect(kind([reply], bus)).toBe('effect');
    expect(kind([reply], reply)).toBe('reply');
    const other: Effect = { ...reply, id: 'film-1/2/reply.succeeded' };
    expect(kind([reply, other], other)).toBe('reply');
  });

  it('has a kind that the row’s own times do not have', () => {
    const kinds = ['stop', 'effect', 'reply', 'act', 'ring', 'held', 'again'].filter(isOutboxKind);
    expect(kinds).toEqual(['stop', 'effect', 'reply']);
  });
});

describe('the sentence about an outbox', () => {
  it('names what it holds', () => {
    expect(why([doorbell])).toBe('1 effect is still to be carried out: doorbell');
    expect(why([event, reply])).toBe(
      '2 effects are still to be carried out: event.succeeded, reply.succeeded to reply.web',
    );
  });

  it('names three, and counts the others', () => {
    expect(why([event, bus, stop])).toBe(
      '3 effects are still to be carried out: event.succeeded, bus.succeeded, stop',
    );
    expect(why([event, bus, stop, doorbell])).toBe(
      '4 effects are still to be carried out: event.succeeded, bus.succeeded, stop and 1 more',
    );
    expect(why([event, bus, stop, doorbell, reply])).toBe(
      '5 effects are still to be carried out: event.succeeded, bus.succeeded, stop and 2 more',
    );
  });

  it('names the one that failed first, with why and when it is tried again', () => {
    expect(why([event, bus], bus)).toBe(
      '2 effects are still to be carried out: bus.succeeded (it was refused), event.succeeded, tried again at 14:01:00 UTC',
    );
  });

  it('says when a reply is given up, where it is the reply that failed', () => {
    const given = /, tried again at 14:01:00 UTC, given up after 24 h$/;
    expect(why([event, reply], reply)).toMatch(given);
    expect(why([event, reply], event)).not.toMatch(/given up/);
    expect(why([reply, event], event)).not.toMatch(/given up/);
    expect(why([reply])).not.toMatch(/given up/);
  });
});
