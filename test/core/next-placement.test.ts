import { describe, expect, it } from 'vitest';
import { placementsInTurn } from '../../shared/core/next-placement.ts';
import type { RunRecord, Verdict } from '../../shared/core/run-record.ts';
import type { Placement } from '../../shared/core/tool.ts';
import { minute, sampleSpec, start, stopped } from '../kit/facts.ts';
import { onward, samples } from '../kit/samples.ts';

const record = (verdict: Verdict, placement: Placement): RunRecord => ({
  run: 1,
  placement,
  version: '1.0.0',
  verdict,
  why: '',
  endedAt: start,
});
const next = (placements: readonly Placement[], runs: readonly RunRecord[], reclaims = 0) =>
  placementsInTurn({ runs, reclaims }, { ...sampleSpec, placements })[0];

describe('placementsInTurn', () => {
  it('names every placement of the list, from the best one on', () => {
    const inTurn = (runs: readonly RunRecord[]) =>
      placementsInTurn(
        { runs, reclaims: 0 },
        { ...sampleSpec, placements: ['gpu-spot', 'gpu', 'cpu'] },
      );
    expect(inTurn([])).toEqual(['gpu-spot', 'gpu', 'cpu']);
    expect(inTurn([record('capacity', 'gpu-spot')])).toEqual(['gpu', 'cpu', 'gpu-spot']);
    expect(inTurn([record('capacity', 'cpu')])).toEqual(['gpu-spot', 'gpu', 'cpu']);
  });

  it('begins with the placement that the tool prefers, and comes back to it', () => {
    expect(next(['gpu-spot', 'gpu'], [])).toBe('gpu-spot');
    expect(next(['cpu-spot', 'cpu'], [record('tool', 'cpu')])).toBe('cpu-spot');
  });

  it('stays on the placement where the platform failed to start a run, while the list has it', () => {
    expect(next(['cpu-spot', 'cpu'], [record('platform', 'cpu')])).toBe('cpu');
    expect(next(['cpu-spot', 'cpu'], [record('platform', 'cpu-spot')])).toBe('cpu-spot');
    expect(next(['cpu-spot', 'cpu'], [record('platform', 'cpu-spot')], 1)).toBe('cpu');
    expect(next(['cpu'], [record('platform', 'gpu')])).toBe('cpu');
  });

  it('takes the next of the list after no capacity or a start that took too long, and begins again at its end', () => {
    for (const verdict of ['capacity', 'startTimeout'] as const) {
      expect(next(['cpu-spot', 'cpu'], [record(verdict, 'cpu-spot')])).toBe('cpu');
      expect(next(['cpu-spot', 'cpu'], [record(verdict, 'cpu')])).toBe('cpu-spot');
      expect(next(['cpu'], [record(verdict, 'cpu')])).toBe('cpu');
    }
  });

  it('leaves Spot after a run was reclaimed, if the tool has another placement', () => {
    const reclaimed = [record('reclaimed', 'cpu-spot')];
    expect(next(['cpu-spot', 'cpu'], reclaimed, 1)).toBe('cpu');
    expect(next(['cpu-spot'], reclaimed, 1)).toBe('cpu-spot');
    expect(next(['cpu-spot', 'cpu'], [record('capacity', 'cpu')], 1)).toBe('cpu');
  });

  it('takes a reclaimed task from Spot to Fargate on demand', () => {
    const ended = stopped(1, { stopCode: 'SpotInterruption', exitCode: 143 });
    const again = onward(samples.RUNNING, [minute, ended]);
    if (again.phase !== 'QUEUED') throw new Error('a reclaimed run goes back to the queue');
    expect(placementsInTurn(again, sampleSpec)[0]).toBe('cpu');
  });
});
