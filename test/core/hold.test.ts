import { describe, expect, it } from 'vitest';
import { foreignHold, holdOrRelease, notYetLive } from '../../shared/core/hold.ts';
import type { ToolState, VersionState } from '../../shared/core/tool.ts';
import { minute, releaseNamed, sampleSpec, second, start } from '../kit/facts.ts';

const live = releaseNamed('1.1.0');
const known: ToolState & { kind: 'known' } = { kind: 'known', spec: sampleSpec, live };
const decide = (
  tool: ToolState,
  { task = {}, version }: { readonly task?: object; readonly version?: VersionState } = {},
) => holdOrRelease({ tool: 'echo', ...task }, { tool, ...(version ? { version } : {}) }, start);

const asked = { askedVersion: '0.9.0' };
const { live: _live, ...dead } = known;

describe('holdOrRelease', () => {
  it('launches the live version', () => {
    expect(decide(known)).toEqual({ kind: 'launch', release: live });
  });

  it('launches the version that the task keeps, even where another one is live', () => {
    const release = releaseNamed('1.0.0');
    expect(decide(known, { task: { release } })).toEqual({ kind: 'launch', release });
    expect(decide(dead, { task: { release } })).toEqual({ kind: 'launch', release });
  });

  it('launches the version that the message asks for, once it is registered', () => {
    const release = releaseNamed('0.9.0');
    const version = { kind: 'registered', release } as const;
    expect(decide(dead, { task: asked, version })).toEqual({ kind: 'launch', release });
  });

  it.each<[string, ToolState, VersionState | undefined, string, string, RegExp]>([
    [
      'SSM that could not be reached',
      { kind: 'unreadable', why: 'timed out' },
      undefined,
      'reach/echo',
      'notReachable',
      /echo cannot be looked up \(timed out\)/,
    ],
    [
      'a pause',
      { ...known, paused: 'the disk is full' },
      undefined,
      'tool/echo',
      'paused',
      /^echo is paused: the disk is full$/,
    ],
    [
      'a pause of the stage',
      { ...known, paused: 'the disk is full', allPaused: 'maintenance' },
      undefined,
      'tool/echo',
      'paused',
      /^every tool is paused: maintenance$/,
    ],
    [
      'no live version',
      dead,
      undefined,
      'live/echo',
      'noLiveVersion',
      /^echo has no live version$/,
    ],
    [
      'a refused first version',
      { ...dead, refusal: { version: '1.0.0', why: 'there is no image', at: start } },
      undefined,
      'live/echo',
      'noLiveVersion',
      /^echo has no live version \(1.0.0 was refused: there is no image\)$/,
    ],
    [
      'a version that was never pinned',
      known,
      { kind: 'unregistered' },
      'version/echo/0.9.0',
      'versionNotRegistered',
      /^echo 0.9.0 is not registered: pin it once$/,
    ],
    [
      'a broken version',
      known,
      { kind: 'broken', why: 'exec format error' },
      'version/echo/0.9.0',
      'versionBroken',
      /^echo 0.9.0 is broken \(exec format error\)$/,
    ],
  ])('holds the row for %s, with a word and a sentence', (_name, tool, version, by, cause, why) => {
    const decision = decide(tool, { task: asked, ...(version ? { version } : {}) });
    expect(decision).toEqual({
      kind: 'hold',
      hold: { by, cause, why: expect.stringMatching(why), since: start },
    });
  });

  it('asks again soon about a version that cannot be read', () => {
    const version = { kind: 'unreadable', why: 'timed out' } as const;
    expect(decide(known, { task: asked, version })).toMatchObject({
      hold: {
        by: 'version/echo/0.9.0',
        why: 'echo 0.9.0 cannot be looked up (timed out)',
        opensAt: start + 30 * second,
      },
    });
  });

  it('gives the task of a tool that was removed a time of its own', () => {
    expect(decide({ kind: 'unknown' })).toEqual({
      kind: 'hold',
      hold: {
        by: 'tool/echo',
        cause: 'toolRemoved',
        why: 'echo is no longer in SSM',
        since: start,
        opensAt: start + 5 * minute,
      },
    });
  });

  it('holds the tasks of a paused tool before their later runs too', () => {
    const paused = { ...known, paused: 'tests' };
    expect(decide(paused, { task: { release: live } })).toMatchObject({ kind: 'hold' });
  });
});

describe('a hold until the release is right', () => {
  it('is tried again in minutes, and says why', () => {
    expect(foreignHold('echo', 'its record is wrong', start)).toEqual({
      by: 'tool/echo',
      cause: 'foreignDefinition',
      why: 'its record is wrong',
      since: start,
      opensAt: start + 5 * minute,
    });
    const release = releaseNamed('1.0.0');
    expect(notYetLive('echo', { release, misfit: 'cpu is too high' }, start)).toEqual({
      by: 'tool/echo',
      cause: 'specNotLive',
      why: 'the newest spec of echo is not live yet, and the message does not fit the spec of 1.0.0 (cpu is too high)',
      since: start,
      opensAt: start + minute,
    });
  });

  it('says that the newest version is broken where an earlier one is live again', () => {
    const release = releaseNamed('1.0.0');
    const refusal = { version: '2.0.0', why: '3 starts in a row failed', at: start } as const;
    const notLive = { release, misfit: 'cpu is too high' };
    const fallenBack = { ...notLive, refusal: { ...refusal, isBroken: true } } as const;
    expect(notYetLive('echo', fallenBack, start)).toEqual({
      by: 'tool/echo',
      cause: 'versionBroken',
      why: 'echo 2.0.0 is broken, so 1.0.0 is live again, and the message does not fit the spec of 1.0.0 (cpu is too high); 2.0.0: 3 starts in a row failed',
      since: start,
      opensAt: start + minute,
    });
    const refused = notYetLive('echo', { ...notLive, refusal }, start);
    expect(refused).toMatchObject({ cause: 'specNotLive' });
  });
});
