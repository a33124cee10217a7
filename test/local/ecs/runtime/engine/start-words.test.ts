import { describe, expect, it } from 'vitest';
import { failedExec, refusedStart } from '../../../../../local/ecs/runtime/engine/start-words.ts';
import type { Start } from '../../../../../local/ecs/runtime/run-names.ts';

const order: Start = {
  kind: 'start',
  taskArn: 'arn/1',
  container: 'tool',
  image: 'i',
  environment: {},
  cpu: 256,
  memoryMiB: 64,
  logOptions: {},
};

const answer = (statusCode: number, message: string): Error =>
  Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${message} `), { statusCode });

const runc = 'runc create failed: unable to start container process: ';

describe('a start that the engine refused', () => {
  it.each([
    [
      'Podman, a path',
      answer(
        409,
        `preparing container 1 for attach: runc: ${runc}exec: "/nope": stat /nope: no such file or directory: OCI runtime attempted to invoke a command that was not found`,
      ),
      'exec: "/nope": executable file not found in $PATH',
    ],
    [
      'Docker, a name',
      answer(
        404,
        `failed to create task for container: failed to create shim task: OCI runtime create failed: ${runc}exec: "nope": executable file not found in $PATH: unknown`,
      ),
      'exec: "nope": executable file not found in $PATH',
    ],
    [
      'Podman, a folder',
      answer(409, `runc: ${runc}exec: "/etc": permission denied: OCI permission denied`),
      'exec: "/etc": permission denied',
    ],
    [
      'anything else',
      answer(500, 'no space left on device'),
      'API error (500): no space left on device',
    ],
    [
      'no answer',
      new Error('connect ECONNREFUSED /x.sock'),
      'the container engine does not answer: connect ECONNREFUSED /x.sock',
    ],
  ])('is told in the words of ECS: %s', (_what, cause, words) => {
    expect(refusedStart(order, cause)).toEqual({
      kind: 'notStarted',
      taskArn: 'arn/1',
      reason: `CannotStartContainerError: ${words}`,
    });
  });
});

describe('a program that could not be executed after the start', () => {
  it.each([
    ['exec /bin/tool: exec format error\n', 'exec format error'],
    [
      'standard_init_linux.go:228: exec user process caused: exec format error\n',
      'exec format error',
    ],
    [
      'ERROR (catatonit:6): failed to exec pid1: No such file or directory\n',
      'executable file not found in $PATH',
    ],
    ['[FATAL tini (7)] exec /bin/tool failed: Permission denied\n', 'permission denied'],
  ])('is known by the only line that is printed: %s', (printed, words) => {
    const reason = `CannotStartContainerError: exec: "/bin/tool": ${words}`;
    expect(failedExec(order, printed, '/bin/tool')).toMatchObject({ kind: 'notStarted', reason });
  });

  it.each([
    'No such file or directory\n',
    'working\nexec /bin/other: exec format error\n',
    'exec /bin/other: exec format error\nand more\n',
    '',
  ])('is not seen in what a tool prints: %j', (printed) => {
    expect(failedExec(order, printed, '/bin/tool')).toBeUndefined();
  });
});
