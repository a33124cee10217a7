import { describe, expect, it, vi } from 'vitest';
import { type LaunchFindings, launchFact } from '../../shared/core/launch-fact.ts';
import type { Release, ToolSpec } from '../../shared/core/tool.ts';
import { minute, releaseNamed, sampleSpec, sha256, start } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { definitionSite, site } from '../kit/site.ts';
import { asQueued } from '../kit/step-helpers.ts';

const first = asQueued(samples.QUEUED);
const later = asQueued(samples['QUEUED, delayed after exit 75']);
const live = releaseNamed('1.0.0');

const findings = (over: Partial<LaunchFindings> = {}) => ({
  tool: { kind: 'known', spec: sampleSpec, live } as const,
  request: vi.fn(() => ({
    tool: 'echo',
    input: '{}',
    tenant: 'default',
    cpu: 512,
    memoryMiB: 1024,
  })),
  closures: new Map(),
  stage: definitionSite.stage,
  site,
  now: start,
  sha256,
  ...over,
});

const released = (version: string, spec: Partial<ToolSpec>): Release => releaseNamed(version, spec);

describe('the fact that a queued row gets', () => {
  it('is the order of its next run, made from the live release', () => {
    expect(launchFact(first, findings())).toEqual({
      probes: [],
      fact: expect.objectContaining({
        kind: 'launchDecided',
        release: live,
        placement: 'cpu-spot',
        order: expect.objectContaining({ startedBy: 'film-1/1', clientToken: sha256('film-1/1') }),
      }),
    });
  });

  it('has the timeout of the message in the place of the tool’s, for all runs', () => {
    const request = { tool: 'echo', input: '{}', tenant: 'default', timeoutMs: 90_500 };
    const own = { ...live, spec: { ...live.spec, timeoutMs: 90_500 } };
    const DAVIT_TIMEOUT_S = '91';
    const ordered = {
      kind: 'launchDecided',
      release: own,
      order: { environment: { DAVIT_TIMEOUT_S } },
    };
    expect(launchFact(first, findings({ request: () => request })).fact).toMatchObject(ordered);
    const kept = { ...later, release: own };
    expect(launchFact(kept, findings({ request: () => request })).fact).toMatchObject(ordered);
  });

  it('reads the body once for an order, and not at all for a row that waits', () => {
    const launched = findings();
    launchFact(first, launched);
    expect(launched.request).toHaveBeenCalledTimes(1);
    const paused = findings({
      tool: { kind: 'known', spec: sampleSpec, live, paused: 'maintenance' },
    });
    expect(launchFact(first, paused).fact).toMatchObject({ kind: 'held' });
    expect(paused.request).not.toHaveBeenCalled();
  });

  it('is a hold, and says why a person must check, when the release names the definition of another tool', () => {
    const foreign = { ...live, definitions: { fargate: 'arn:aws:ecs:::task-definition/other:1' } };
    const answer = launchFact(
      first,
      findings({ tool: { kind: 'known', spec: sampleSpec, live: foreign } }),
    );
    expect(answer.foreign).toMatch(/must be a revision of davit_test_echo_1_0_0_fargate/);
    expect(answer.fact).toMatchObject({ kind: 'held', hold: { by: 'tool/echo' } });
  });

  it('is a hold when the message fits the spec of today, and not that of the live release', () => {
    const old = released('0.9.0', { maxCpu: 256 });
    const tool = { kind: 'known', spec: sampleSpec, live: old } as const;
    expect(launchFact(first, findings({ tool })).fact).toMatchObject({
      kind: 'held',
      hold: { by: 'tool/echo', why: expect.stringContaining('is not live yet') },
    });
  });

  it('is a hold that names the broken version when the live one is an earlier one again', () => {
    const old = released('0.9.0', { maxCpu: 256 });
    const refusal = { version: '1.0.0', why: 'no start', at: 0, isBroken: true } as const;
    const tool = { kind: 'known', spec: sampleSpec, live: old, refusal } as const;
    expect(launchFact(first, findings({ tool })).fact).toMatchObject({
      kind: 'held',
      hold: {
        cause: 'versionBroken',
        why: expect.stringMatching(/1\.0\.0 is broken, so 0\.9\.0 is live again.*256 to 256/),
      },
    });
  });

  it('is an objection when the message does not fit the version that it asks for', () => {
    const release = released('0.9.0', { maxCpu: 256 });
    const version = { kind: 'registered', release } as const;
    expect(launchFact({ ...first, askedVersion: '0.9.0' }, findings({ version })).fact).toEqual({
      kind: 'objected',
      run: 1,
      reason: expect.stringContaining('cpu must be from 256 to 256'),
    });
  });

  it('keeps the release of the first launch, and does not check the message again', () => {
    const tight = { ...later, release: released('1.0.0', { maxCpu: 256 }) };
    expect(launchFact(tight, findings()).fact).toMatchObject({ kind: 'launchDecided', run: 2 });
  });

  it('is a hold when the site has no capacity provider for the placement', () => {
    const nowhere = findings({ site: { ...site, providers: {} } });
    expect(launchFact(first, nowhere).fact).toMatchObject({
      kind: 'held',
      hold: { by: 'placement/cpu-spot' },
    });
  });
});

describe('a hold of a row that cannot be launched as it is', () => {
  it('advises what helps: another pin, or another task where its release is fixed', () => {
    const foreign = { ...live, definitions: { fargate: 'arn:aws:ecs:::task-definition/other:1' } };
    const tool = { kind: 'known', spec: sampleSpec, live: foreign } as const;
    const why = (task: typeof first): unknown => launchFact(task, findings({ tool })).fact;
    expect(why(first)).toMatchObject({
      hold: { why: expect.stringMatching(/: pin the version again$/) },
    });
    expect(why({ ...first, release: foreign })).toMatchObject({
      hold: { why: expect.stringMatching(/: cancel the task and submit it again$/) },
    });
  });

  it('says what is missing for its placement', () => {
    const { fact } = launchFact(first, findings({ site: { ...site, providers: {} } }));
    expect(fact).toEqual({
      kind: 'held',
      run: 1,
      startWithinMs: sampleSpec.startWithinMs,
      hold: {
        by: 'placement/cpu-spot',
        cause: 'noPlacement',
        why: 'echo 1.0.0 has nothing to run on cpu-spot here',
        since: start,
        opensAt: start + 10 * minute,
      },
    });
  });

  it('names the run, also while the tool cannot be read', () => {
    const { fact } = launchFact(
      first,
      findings({ tool: { kind: 'unreadable', why: 'timed out' } }),
    );
    expect(fact).toMatchObject({ kind: 'held', run: 1 });
    expect(fact).not.toHaveProperty('startWithinMs');
  });
});
