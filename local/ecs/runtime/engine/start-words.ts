import { errorMessage } from '../../../../shared/core/error-message.ts';
import {
  cannotStart,
  type NotStarted,
  type RefusalOfExec,
  refusedProgram,
} from '../failed-starts.ts';
import type { Start } from '../run-names.ts';
import { statusOf } from './connect.ts';

/** A start that the engine refused, in ECS's words: the image's fault when the program cannot be executed, else the engine's sentence. */
export const refusedStart = (order: Start, cause: unknown): NotStarted => {
  const message = engineSays(cause);
  const [, program = '', why = ''] = /\bexec: "([^"]*)": (.*)/s.exec(message) ?? [];
  const code = refusalIn(why);
  return code === undefined ? cannotStart(order, message) : refusedProgram(order, program, code);
};

/**
 * A start that failed after the engine had said that it succeeded: the last step, `execve`, comes later. Then the container prints one
 * line of runc or of the init program, and ends. Undefined when it ended in another way.
 */
export const failedExec = (
  order: Start,
  printed: string,
  program: string,
): NotStarted | undefined => {
  const [, why = ''] = lastLineOf.exec(printed) ?? [];
  const code = refusalIn(why);
  return code === undefined ? undefined : refusedProgram(order, program, code);
};

/** The engine's own sentence, without what dockerode puts before it; of an engine that does not answer, that. */
export const engineSays = (cause: unknown): string => {
  const message = errorMessage(cause);
  return statusOf(cause) === undefined
    ? `the container engine does not answer: ${message}`
    : message.replace(/^\(HTTP code (\d+)\) .*? - /, 'API error ($1): ').trim();
};

/** Of runc, tini (Docker) and catatonit (Podman). Nothing else was printed. */
const lastLineOf =
  /^(?:exec [^\n]*?: |standard_init_linux\.go:\d+: exec user process caused[:"]? ?"?|\[FATAL tini \(\d+\)\] exec [^\n]* failed: |ERROR \(catatonit:\d+\): failed to exec pid1: )([^\n]*)\n?$/;

const refusalIn = (why: string): RefusalOfExec | undefined =>
  words.find(([says]) => says.test(why))?.[1];

const words: readonly (readonly [RegExp, RefusalOfExec])[] = [
  [/no such file or directory|executable file not found/i, 'ENOENT'],
  [/permission denied|is a directory/i, 'EACCES'],
  [/exec format error/i, 'ENOEXEC'],
];
