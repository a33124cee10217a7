import type { Audience, Notice, SpokenBody } from './effect.ts';
import { present } from './present.ts';
import type { Taken } from './run-lines.ts';
import { isEnded, type Task } from './task.ts';

/** An ECS task, and the run that it was started for. */
export interface OwnedRun {
  readonly taskId: string;
  readonly run: number;
  readonly ecsTaskArn: string;
}

/**
 * What a run is to the row now. `current`: its container may run. `ended`: it ended the task. `past`: a later run has replaced
 * it. Undefined: the row does not know this ECS task, so nothing that it prints counts.
 */
export const standingOf = (
  task: Task,
  { run, ecsTaskArn }: OwnedRun,
): 'current' | 'ended' | 'past' | undefined => {
  if (task.run === run && task.phase === 'LAUNCHING') return 'current';
  const isOfRow = 'ecsTaskArn' in task && task.ecsTaskArn === ecsTaskArn;
  if (task.run === run && isOfRow) return isEnded(task) ? 'ended' : 'current';
  const isPast = task.runs.some((past) => past.run === run && past.ecsTaskArn === ecsTaskArn);
  return isPast ? 'past' : undefined;
};

/**
 * The events of what a run said, for one audience, in the order in which they are published. The ids come from the run and
 * from the lines, so that a delivery that comes again makes the same events. `sequence` is the row's revision: no move
 * follows from them.
 */
export const spokenNotices = (
  task: Task,
  { run }: Pick<OwnedRun, 'run'>,
  { outputs, progress, ready }: Taken,
  to: Audience,
): { readonly lasting: readonly Notice[]; readonly passing: readonly Notice[] } => {
  const noticeOf = (
    what: Notice['what'],
    { name, at, said }: { name: string; at: number; said: Partial<SpokenBody> },
  ): Notice => ({
    id: `${task.taskId}/${run}/${to}.${name}`,
    run,
    what,
    at,
    sequence: task.revision,
    body: { ...bodyOf(task, run), ...said },
  });
  const readyNotice = ready && {
    name: 'ready',
    at: ready.at,
    said: present({ ready: ready.value, endpoint: 'endpoint' in task ? task.endpoint : undefined }),
  };
  return {
    lasting: [
      ...(readyNotice ? [noticeOf('ready', readyNotice)] : []),
      ...outputs.map(({ line: { id, at, value: output }, position }) =>
        noticeOf('output', { name: `output.${id}`, at, said: { position, output } }),
      ),
    ],
    passing: progress
      ? [
          noticeOf('progress', {
            name: `progress.${progress.at}`,
            at: progress.at,
            said: present({ fraction: progress.fraction, step: progress.step }),
          }),
        ]
      : [],
  };
};

const bodyOf = (task: Task, run: number) => ({
  run,
  attempts: task.attempts,
  tenant: task.tenant,
  ...present({
    tool: task.tool,
    version: 'release' in task ? task.release?.version : undefined,
    placement: 'placement' in task && task.run === run ? task.placement : undefined,
  }),
});
