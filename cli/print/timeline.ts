import type { Task } from '../../shared/core/task.ts';
import { verdictName } from './verdict-name.ts';

/** One moment of a task's life. */
export interface Moment {
  readonly at: number;
  readonly what: string;
}

/** The moments that a row has recorded, oldest first. */
export const timelineOf = (task: Task): readonly Moment[] => {
  const moments: readonly Moment[] = [
    { at: task.createdAt, what: 'the message was taken from davit.tasks' },
    ...(task.queuedAt > task.createdAt
      ? [{ at: task.queuedAt, what: 'queued again (redrive)' }]
      : []),
    ...task.runs.flatMap((run) => [
      ...(run.startedAt === undefined
        ? []
        : [{ at: run.startedAt, what: `run ${run.run} ran on ${run.placement}` }]),
      { at: run.endedAt, what: `run ${run.run} ended: ${verdictName(run.verdict)}, ${run.why}` },
    ]),
    ...currentMoments(task),
  ];
  return moments.toSorted((a, b) => a.at - b.at);
};

const currentMoments = (task: Task): readonly Moment[] => {
  switch (task.phase) {
    case 'QUEUED':
      return task.hold ? [{ at: task.hold.since, what: `held: ${task.hold.why}` }] : [];
    case 'LAUNCHING':
      return [
        {
          at: task.launchOrder.intendedAt,
          what: `the launch of run ${task.run} on ${task.placement} was ordered`,
        },
      ];
    case 'STARTING':
      return [{ at: task.acceptedAt, what: `ECS accepted run ${task.run} on ${task.placement}` }];
    case 'RUNNING':
      return [
        { at: task.acceptedAt, what: `ECS accepted run ${task.run} on ${task.placement}` },
        { at: task.startedAt, what: `run ${task.run} runs` },
      ];
    default:
      return [
        { at: task.endedAt, what: task.reason ? `${task.phase}: ${task.reason}` : task.phase },
      ];
  }
};
