import { describe, expect, it } from 'vitest';
import { endingOf, type RunContext } from '../../shared/core/ending.ts';
import type { StopEvidence } from '../../shared/core/fact.ts';
import type { Stopping } from '../../shared/core/task-parts.ts';
import { start } from '../kit/facts.ts';

/** An ending in short: who is answerable, and whether the task is over. */
const read = (stop: StopEvidence, run: Partial<RunContext> = {}): string => {
  const { verdict, final } = endingOf(stop, { wasRunning: true, exitCodes: {}, ...run });
  return final === undefined ? verdict : `${verdict}: ${final}`;
};

const stopping = (why: Stopping['why']): Partial<RunContext> => ({
  stopping: { why, at: start, askedAt: start },
});

const exits = [0, 1, 2, 64, 65, 66, 67, 75, 77, 78, 125, 137, 143, 255, undefined] as const;
const hopeless = [64, 65, 66, 77, 78];
const byPlatform = [
  'SpotInterruption',
  'TerminationNotice',
  'InfrastructureHealth',
  'ServiceSchedulerInitiated',
  'SomethingNew',
  undefined,
] as const;
const codes = ['EssentialContainerExited', 'UserInitiated', 'TaskFailedToStart', ...byPlatform];
const wishes = [undefined, 'cancel', 'timeout', 'startTimeout', 'startWithin'] as const;

const ownStops = {
  timeout: 'timeout: fail',
  startWithin: 'startTimeout: fail',
  startTimeout: 'startTimeout',
};

/** The design's table, cell by cell, independent of the code. */
const expected = (
  stopCode: string | undefined,
  exitCode: number | undefined,
  wish: Stopping['why'] | undefined,
): string => {
  if (stopCode === 'EssentialContainerExited' && exitCode === 0) return 'succeeded: succeed';
  if (wish === 'cancel') return 'cancelled: cancel';
  if (stopCode === 'UserInitiated' && wish) return ownStops[wish];
  if (stopCode !== 'EssentialContainerExited' || exitCode === undefined) return 'reclaimed';
  return hopeless.includes(exitCode) ? 'tool: fail' : 'tool';
};

const cells = codes.flatMap((stopCode) =>
  exits.flatMap((exitCode) => wishes.map((wish) => ({ stopCode, exitCode, wish }))),
);

describe('endingOf', () => {
  it.each(cells)('reads $stopCode, exit $exitCode, stopping $wish', (cell) => {
    const { stopCode, exitCode, wish } = cell;
    const stop = {
      ...(stopCode === undefined ? {} : { stopCode }),
      ...(exitCode === undefined ? {} : { exitCode }),
    };
    const run = wish === undefined ? {} : stopping(wish);
    expect(read(stop, run)).toBe(expected(stopCode, exitCode, wish));
  });

  // The texts are from AWS's documentation of stopped tasks and its troubleshooting pages.
  it.each<[string, StopEvidence, string]>([
    [
      'a finished container',
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        exitCode: 0,
      },
      'succeeded: succeed',
    ],
    [
      'Spot taking its host back, with a clean exit on SIGTERM',
      {
        stopCode: 'SpotInterruption',
        stoppedReason: 'Your Spot Task was interrupted.',
        exitCode: 0,
      },
      'reclaimed',
    ],
    [
      'the same by its older code',
      {
        stopCode: 'TerminationNotice',
        stoppedReason: 'Your Spot Task was interrupted.',
        exitCode: 0,
      },
      'reclaimed',
    ],
    [
      'a host that was ended',
      {
        stopCode: 'TerminationNotice',
        stoppedReason: 'Host EC2 (instance i-0a1b2c3d) terminated.',
      },
      'reclaimed',
    ],
    [
      'a stop by a person',
      { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user', exitCode: 143 },
      'reclaimed',
    ],
    [
      'a kill for memory',
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        exitCode: 137,
        containerReason: 'OutOfMemoryError: Container killed due to memory usage',
      },
      'outOfMemory',
    ],
    [
      'a kill for another reason',
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        exitCode: 137,
      },
      'tool',
    ],
    [
      'an exit without a code',
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
      },
      'reclaimed',
    ],
    [
      'a program that is not in the image',
      {
        stopCode: 'EssentialContainerExited',
        containerReason:
          'CannotStartContainerError: exec: "tool": executable file not found in $PATH',
      },
      'release',
    ],
  ])('reads %s', (_name, stop, verdict) => {
    expect(read(stop)).toBe(verdict);
  });

  it.each<[string, string, string]>([
    [
      'an image that does not exist',
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref registry/echo:9.9.9: registry/echo:9.9.9: not found',
      'release',
    ],
    [
      'a repository that is denied',
      'CannotPullContainerError: pull access denied, repository does not exist or may require authorization',
      'release',
    ],
    [
      'a manifest for another platform',
      'CannotPullContainerError: image Manifest does not contain descriptor matching platform linux/amd64',
      'release',
    ],
    [
      'a registry that does not answer',
      'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref registry/echo:1.0.0: failed to do request: Head https://registry/v2: dial tcp 10.0.0.1:443: i/o timeout',
      'platform',
    ],
    [
      'a registry that has had enough',
      'CannotPullContainerError: inspect image has been retried 1 time(s): httpReadSeeker: failed open: unexpected status code 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit',
      'platform',
    ],
    ['a wrong binary', 'CannotStartContainerError: exec format error', 'release'],
    [
      'a missing program',
      'ContainerRuntimeError: exec /tool: no such file or directory',
      'release',
    ],
    [
      'a missing secret',
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): ResourceNotFoundException: Secrets Manager can't find the specified secret",
      'release',
    ],
    [
      'a missing parameter',
      'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: invalid parameters: /davit/key',
      'release',
    ],
    [
      'secrets that do not answer',
      'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.eu-central-1.amazonaws.com/": dial tcp 10.0.0.1:443: i/o timeout',
      'platform',
    ],
    [
      'a definition for other hosts',
      'The selected task definition is not compatible with the selected compute strategy.',
      'release',
    ],
    ['an attribute that no host has', 'ATTRIBUTE', 'release'],
    [
      'no capacity',
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      'capacity',
    ],
    ['no memory left', 'RESOURCE:MEMORY', 'capacity'],
    ['an agent that is disconnected', 'AGENT', 'capacity'],
    ['no host that fits', 'MemberOf placement constraint unsatisfied', 'capacity'],
    ['no hosts', 'NO ACTIVE INSTANCES', 'capacity'],
    ['a provider without hosts', 'EMPTY CAPACITY PROVIDER', 'capacity'],
    [
      'a network that is full',
      'Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet subnet-0a1b2c3d',
      'platform',
    ],
    ['a network card', 'Unable to attach network interface to unused device index', 'platform'],
    [
      'a runtime that hangs',
      'ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 3m0s',
      'platform',
    ],
    ['trouble inside', 'InternalError: something went wrong', 'platform'],
    ['nothing at all', '', 'platform'],
  ])('reads a start that failed for %s', (_name, stoppedReason, verdict) => {
    const run = { wasRunning: false };
    expect(read({ stopCode: 'TaskFailedToStart', stoppedReason }, run)).toBe(verdict);
    const inContainer = { stoppedReason: 'Task failed to start', containerReason: stoppedReason };
    if (/^Cannot|^Container/.test(stoppedReason))
      expect(read({ stopCode: 'TaskFailedToStart', ...inContainer }, run)).toBe(verdict);
  });

  it('says reclaimed when the container ran, and platform when it did not', () => {
    const stop = { stopCode: 'InfrastructureHealth' };
    expect(read(stop, { wasRunning: true })).toBe('reclaimed');
    expect(read(stop, { wasRunning: false })).toBe('platform');
  });

  it.each([
    [3, 'succeed', 'succeeded: succeed'],
    [3, 'fail', 'tool: fail'],
    [64, 'retry', 'tool'],
    [0, 'fail', 'tool: fail'],
    [0, 'retry', 'tool'],
  ] as const)('lets a spec say that exit %i means %s', (exitCode, rule, ending) => {
    const stop = { stopCode: 'EssentialContainerExited', exitCode };
    expect(read(stop, { exitCodes: { [String(exitCode)]: rule } })).toBe(ending);
  });

  it('counts a reclaimed host as reclaimed, even where a rule makes the exit code a success', () => {
    const stop = { stopCode: 'SpotInterruption', exitCode: 3 };
    expect(read(stop, { exitCodes: { '3': 'succeed' } })).toBe('reclaimed');
  });
});

describe('why a run ended', () => {
  const why = (stop: StopEvidence, run: Partial<RunContext> = {}): string =>
    endingOf(stop, { wasRunning: true, exitCodes: {}, ...run }).why;
  const exited = { stopCode: 'EssentialContainerExited' };

  it.each<[string, StopEvidence]>([
    ['stopped by someone else', { stopCode: 'UserInitiated' }],
    ['stopped by someone else (by Ann)', { stopCode: 'UserInitiated', stoppedReason: 'by Ann' }],
    ['host lost', { stopCode: 'InfrastructureHealth', stoppedReason: 'host lost' }],
    ['disk lost', { stoppedReason: 'host lost', containerReason: 'disk lost' }],
    ['stopped by the platform (NewCode)', { stopCode: 'NewCode' }],
    ['stopped by the platform (no stop code)', {}],
    ['did not start, and ECS does not say why', { stopCode: 'TaskFailedToStart' }],
    ['InternalError', { stopCode: 'TaskFailedToStart', stoppedReason: 'InternalError' }],
    ['exec format error', { stopCode: 'TaskFailedToStart', stoppedReason: 'exec format error' }],
    [
      'out of memory at its start',
      { stopCode: 'TaskFailedToStart', stoppedReason: 'OOM-killed while it started' },
    ],
    ['out of memory', { ...exited, exitCode: 137, containerReason: 'OutOfMemoryError: killed' }],
    ['exit 75', { ...exited, exitCode: 75 }],
    ['ended without an exit code', exited],
    ['no exit code: odd', { ...exited, stoppedReason: 'odd' }],
    ['exec format error', { ...exited, containerReason: 'exec format error' }],
  ])('is said as "%s"', (expected, stop) => {
    expect(why(stop)).toBe(expected);
  });

  it('is the wish where Davit stopped the run', () => {
    const stop = { stopCode: 'UserInitiated' };
    const reasons = (['timeout', 'startWithin', 'startTimeout', 'cancel'] as const).map((wish) =>
      why(stop, stopping(wish)),
    );
    expect(reasons).toEqual([
      'ran longer than its timeout',
      'did not run within startWithin',
      'did not start within startTimeout',
      'cancelled',
    ]);
  });

  it('blames the version for a container without an exit code that could not be executed', () => {
    expect(read({ ...exited, containerReason: 'exec format error' })).toBe('release');
  });

  it('reads no rule where there is no exit code', () => {
    expect(read(exited, { exitCodes: { undefined: 'succeed' } })).toBe('reclaimed');
  });
});
