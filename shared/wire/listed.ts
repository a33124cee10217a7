import * as v from 'valibot';
import type { Phase } from '../core/task.ts';
import { wholeIn } from './bounded.ts';
import { counted, exitStatus, runNumbers } from './ranges.ts';
import { storedTime } from './stored-time.ts';

/** The attributes of a row in the indexes `by-phase` and `by-tool`: enough for a line of a list. Times are epoch milliseconds. */
export interface Listed {
  readonly taskId: string;
  readonly phase: Phase;
  readonly tenant: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly run: number;
  readonly attempts: number;
  readonly tool?: string;
  readonly version?: string;
  readonly placement?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly waitingFor?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly exitCode?: number;
}

/** Every phase, in the order of a task's life. */
export const phases = [
  'QUEUED',
  'LAUNCHING',
  'STARTING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'REJECTED',
] as const satisfies readonly Phase[];

/** The phases of tasks that have not ended. */
export const openPhases: readonly Phase[] = ['QUEUED', 'LAUNCHING', 'STARTING', 'RUNNING'];

const listed = v.object({
  taskId: v.pipe(v.string(), v.regex(/^[^#]/)),
  phase: v.picklist(phases),
  tenant: v.optional(v.string(), 'default'),
  createdAt: storedTime,
  updatedAt: storedTime,
  run: v.optional(wholeIn(runNumbers), 0),
  attempts: v.optional(wholeIn(counted), 0),
  tool: v.exactOptional(v.string()),
  version: v.exactOptional(v.string()),
  placement: v.exactOptional(v.string()),
  startedAt: v.exactOptional(storedTime),
  endedAt: v.exactOptional(storedTime),
  waitingFor: v.exactOptional(v.string()),
  outcome: v.exactOptional(v.string()),
  reason: v.exactOptional(v.string()),
  exitCode: v.exactOptional(wholeIn(exitStatus)),
});

/** Reads an item of an index; undefined when it is not a task (limits, versions), or this version of Davit cannot read it. */
export const listedOf = (item: unknown): Listed | undefined => {
  const parsed = v.safeParse(listed, item);
  return parsed.success ? parsed.output : undefined;
};
