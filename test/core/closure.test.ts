import { describe, expect, it } from 'vitest';
import { choosePlacement } from '../../shared/core/choose-placement.ts';
import {
  type Closure,
  closedBy,
  closureState,
  openedBy,
  probedBy,
} from '../../shared/core/closure.ts';
import { hour, minute, sampleSpec, second, start } from '../kit/facts.ts';

const refusal = { by: 'placement/cpu', why: 'RESOURCE:CPU' };
const closed = (was?: Closure, now = start, by = refusal.by): Closure => {
  const next = closedBy(was, { ...refusal, by }, now);
  if (!next) throw new Error('it is closed already');
  return next;
};

describe('a closed placement', () => {
  it('waits 30 seconds, and twice as long after each refused try, up to ten minutes', () => {
    let closure: Closure | undefined;
    const waits = Array.from({ length: 7 }, () => {
      const now = closure?.until ?? start;
      closure = closed(closure, now);
      return (closure.until - now) / second;
    });
    expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600]);
    expect(closure).toMatchObject({ since: start, failures: 7, revision: 7 });
  });

  it('waits a minute at first where the whole deployment is refused', () => {
    expect(closed(undefined, start, 'deployment').until).toBe(start + minute);
  });

  it('hears nothing new from launches that were under way when it closed', () => {
    expect(closedBy(closed(), refusal, start + second)).toBeUndefined();
  });

  it('is tried by one row, and by another one when that says nothing for a minute', () => {
    const closure = closed();
    expect(closureState(closure, start + 29 * second)).toBe('closed');
    const now = start + 30 * second;
    expect(closureState(closure, now)).toBe('probe');
    const probed = probedBy(closure, 'film-1/2', now);
    expect(closureState(probed, now + 59 * second)).toBe('closed');
    expect(closureState(probed, now + minute)).toBe('probe');
  });

  it('opens, and waits longer when it closes again within ten minutes', () => {
    const probed = probedBy(closed(), 'film-1/2', start + minute);
    const opened = openedBy(probed, start + minute);
    expect(closureState(opened, start + minute)).toBe('open');
    expect(opened).not.toHaveProperty('probe');
    const soon = closed(opened, start + 2 * minute);
    expect(soon).toMatchObject({ failures: 2, since: start + 2 * minute });
    expect(soon).not.toHaveProperty('openedAt');
    expect(closed(opened, start + hour)).toMatchObject({ failures: 1 });
  });

  it('does not stay closed for a time that somebody wrote by hand', () => {
    expect(closureState({ ...closed(), until: start + 100 * hour }, start)).toBe('probe');
  });
});

describe('choosePlacement', () => {
  const choose = (closures: Readonly<Record<string, Closure>>, now = start) =>
    choosePlacement({ runs: [], reclaims: 0 }, sampleSpec, {
      closures: new Map(Object.entries(closures)),
      now,
    });
  const first = closed();
  const longer = closed(first, first.until);

  it('takes the next of the list while one is closed', () => {
    expect(choose({})).toEqual({ kind: 'go', placement: 'cpu-spot', probes: [] });
    expect(choose({ 'placement/cpu-spot': first })).toMatchObject({ placement: 'cpu' });
  });

  it('tries a closed one whose time is over, before the next of the list', () => {
    expect(choose({ 'placement/cpu-spot': first }, first.until)).toEqual({
      kind: 'go',
      placement: 'cpu-spot',
      probes: ['placement/cpu-spot'],
    });
  });

  it('waits for the first that opens where all are closed, and says which is tried first', () => {
    const both = { 'placement/cpu-spot': longer, 'placement/cpu': closed(undefined, first.until) };
    expect(choose(both, first.until)).toEqual({
      kind: 'wait',
      hold: {
        by: 'placement/cpu+cpu-spot',
        why: 'cpu: no capacity since 14:00:30 UTC (RESOURCE:CPU)',
        since: first.until,
      },
    });
  });

  it('waits only for what the task may be launched on: after a reclaim not for Spot, although that is open', () => {
    const reclaimed = { runs: [], reclaims: 1 };
    const closures = new Map([['placement/cpu', first]]);
    expect(choosePlacement(reclaimed, sampleSpec, { closures, now: start })).toMatchObject({
      hold: { by: 'placement/cpu' },
    });
  });

  it('waits for the deployment, or tries it together with a placement', () => {
    const deployment = closed(undefined, start, 'deployment');
    expect(choose({ deployment })).toMatchObject({
      hold: {
        by: 'deployment',
        why: 'the deployment cannot launch anything since 14:00:00 UTC (RESOURCE:CPU)',
      },
    });
    const both = { deployment, 'placement/cpu-spot': first };
    expect(choose(both, deployment.until)).toMatchObject({
      probes: ['deployment', 'placement/cpu-spot'],
    });
  });
});
