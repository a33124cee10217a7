import { describe, expect, it } from 'vitest';
import { endingOf } from '../../shared/core/ending.ts';
import type { StopEvidence } from '../../shared/core/fact.ts';
import { refusalOf } from '../../shared/core/refusal.ts';
import { startFailures, startFaultOf } from '../../shared/core/start-failures.ts';
import { reported } from '../kit/start-failures.ts';

const verdictOf = (stop: StopEvidence, wasRunning = false): string =>
  endingOf(stop, { wasRunning, exitCodes: {} }).verdict;

describe('who is answerable for a start that failed', () => {
  it.each(reported)('$fault: $says ($source)', ({ fault, says }) => {
    expect(verdictOf({ stopCode: 'TaskFailedToStart', stoppedReason: says })).toBe(fault);
    // Agents of container hosts give the reason for the container.
    const ofContainer = { stoppedReason: 'Task failed to start', containerReason: says };
    if (/^[A-Z]\w+Error:/.test(says))
      expect(verdictOf({ stopCode: 'TaskFailedToStart', ...ofContainer })).toBe(fault);
  });

  it.each(startFailures)('has an example for its row $says', (row) => {
    const deciding = reported.map(({ says }) => startFailures.find((each) => each.says.test(says)));
    expect(deciding).toContain(row);
  });

  it('is the platform where no row matches the words', () => {
    expect(startFaultOf('CannotStartContainerError: something that no one has reported')).toBe(
      'platform',
    );
    expect(startFaultOf('')).toBe('platform');
  });

  it('is not the tool when an agent gives exit code 128 to a container that could not start', () => {
    const containerReason =
      'CannotStartContainerError: API error (404): adding interface veth0e8d337 to bridge docker0 failed: could not find bridge docker0: no such network interface';
    const stop = { stopCode: 'EssentialContainerExited', exitCode: 128, containerReason };
    expect(verdictOf(stop)).toBe('platform');
    const missing =
      'CannotStartContainerError: exec: "tool": executable file not found in $PATH: unknown';
    expect(verdictOf({ ...stop, exitCode: 127, containerReason: missing })).toBe('release');
  });

  it.each([
    ['ClientException', 'Tasks provisioning capacity limit exceeded.', 'capacity'],
    [
      'ClientException',
      "ECS was unable to assume the role 'arn:aws:iam::111122223333:role/task' that was provided for this task.",
      'deployment',
    ],
    [
      'InvalidParameterException',
      'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
      'deployment',
    ],
    [
      'InvalidParameterException',
      'Override for agent named provisioning is not a container',
      'release',
    ],
  ])('and for a launch that is refused: %s, %s', (code, message, cause) => {
    expect(refusalOf({ code, message })).toMatchObject({ kind: 'refused', cause });
  });
});
