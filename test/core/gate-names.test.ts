import { describe, expect, it } from 'vitest';
import { liveGate, subjectOf, toolGate, versionGate } from '../../shared/core/gate-names.ts';
import { inTurn } from '../../shared/core/in-turn.ts';

describe('subjectOf', () => {
  it('says what has to be looked up for a gate', () => {
    expect(subjectOf(toolGate('echo'))).toEqual({ kind: 'tool', tool: 'echo' });
    expect(subjectOf(liveGate('echo'))).toEqual({ kind: 'live', tool: 'echo' });
    expect(subjectOf(versionGate('echo', '1.0.0'))).toEqual({
      kind: 'version',
      tool: 'echo',
      version: '1.0.0',
    });
  });

  it.each(['', 'tool', 'tool/', 'version/echo', 'version/echo/', 'moon/echo'])(
    'knows no gate "%s"',
    (by) => {
      expect(subjectOf(by)).toBeUndefined();
    },
  );
});

describe('inTurn', () => {
  it('takes one of each list in turn', () => {
    expect(inTurn([['a', 'b', 'c'], [], ['d']])).toEqual(['a', 'd', 'b', 'c']);
    expect(inTurn([])).toEqual([]);
  });
});
