import { describe, expect, it } from 'vitest';
import { due, furthestMs } from '../../shared/core/due.ts';
import { farthestNotBeforeMs, notBeforeFault } from '../../shared/core/not-before.ts';
import { toolRanges } from '../../shared/wire/ranges.ts';
import {
  hour,
  launchDecided,
  minute,
  second,
  start,
  submissionOf,
  submitted,
} from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { asQueued, ignoredBy, movedBy, outboxOf } from '../kit/step-helpers.ts';

const day = 24 * hour;
const then = start + 40 * hour;
const request = { tool: 'echo', input: '{}', tenant: 'default' };
const asking = (notBefore: number) =>
  submissionOf('film-1', { request: { ...request, notBefore, group: 'night', timeoutMs: hour } });
const row = asQueued(movedBy(undefined, submitted(asking(then)), start));

describe('a task with a notBefore', () => {
  it('waits for it, says so, and counts startWithin from it', () => {
    expect(row).toMatchObject({ notBefore: then, startBy: then + day, askedNotBefore: then });
    expect(due(row)).toEqual({
      at: then,
      kind: 'ring',
      why: 'its message asks for a launch not before 2026-11-26 06:00:00 UTC',
    });
    expect(ignoredBy(row, launchDecided(row, then - 1), then - 1)).toMatch(/not over/);
  });

  it('is rung at that time, and launched then', () => {
    const rung = asQueued(movedBy(row, { kind: 'timePassed' }, then));
    expect(outboxOf(rung)).toEqual(['doorbell']);
    const launched = movedBy(rung, launchDecided(rung, then), then);
    expect(launched).toMatchObject({
      phase: 'LAUNCHING',
      askedNotBefore: then,
      groupName: 'night',
    });
    expect(launched).not.toHaveProperty('notBefore');
  });

  it('fails when it does not run within startWithin after it, and says how long that was', () => {
    expect(movedBy(row, { kind: 'timePassed' }, then + day)).toMatchObject({
      phase: 'FAILED',
      reason: expect.stringMatching(/^it did not run within 24 h: /),
    });
  });

  it('counts startWithin from it also where the spec could not be read at first', () => {
    const blind = { kind: 'submitted', submission: asking(then) } as const;
    const provisional = asQueued(movedBy(undefined, blind, start));
    expect(provisional.startBy).toBe(then + day);
    const hold = { by: 'tool/echo', why: 'echo is paused', since: then };
    const known = { kind: 'held', run: 1, hold, startWithinMs: 20 * minute } as const;
    expect(movedBy(provisional, known, then + second).startBy).toBe(then + 20 * minute);
  });

  it('is launched at once when that time has passed', () => {
    const past = asQueued(movedBy(undefined, submitted(asking(start)), start));
    expect(past).not.toHaveProperty('notBefore');
    expect(past.startBy).toBe(start + day);
    expect(movedBy(past, launchDecided(past, start), start).phase).toBe('LAUNCHING');
  });

  it('waits for it also after a redrive, without a doorbell', () => {
    const redrive = { kind: 'redriveAsked', startWithinMs: hour } as const;
    const again = movedBy(samples.REJECTED, { ...redrive, submission: asking(then) }, start);
    expect(again).toMatchObject({ phase: 'QUEUED', notBefore: then, startBy: then + hour });
    expect(again).not.toHaveProperty('rungAt');
    expect(outboxOf(again).filter((kind) => kind === 'doorbell')).toEqual(
      outboxOf(samples.REJECTED).filter((kind) => kind === 'doorbell'),
    );
    const far = { ...redrive, submission: asking(start + 15 * day) };
    expect(ignoredBy(samples.REJECTED, far, start)).toMatch(/at most 14 days ahead/);
  });
});

describe('how far ahead a notBefore may be', () => {
  it('is 14 days, and the sentence says what to do', () => {
    expect(notBeforeFault({ notBefore: start + 14 * day }, start)).toBeUndefined();
    expect(notBeforeFault({}, start)).toBeUndefined();
    expect(notBeforeFault({ notBefore: start + 14 * day + 1000 }, start)).toBe(
      'notBefore may be at most 14 days ahead (2026-12-08 14:00:00 UTC now), but the message asks for 2026-12-08 14:00:01 UTC: publish it again later, under a new message_id',
    );
  });

  it('leaves no row with a time that Davit would not read again', () => {
    expect(farthestNotBeforeMs + toolRanges.startWithinMs.most).toBeLessThan(furthestMs);
  });
});
