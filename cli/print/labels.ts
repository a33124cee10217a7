import { due } from '../../shared/core/due.ts';
import { isEnded, type Task } from '../../shared/core/task.ts';
import type { LastLine } from '../last-line.ts';
import { ecsTaskId } from './ecs-task-id.ts';
import { fromNow, momentOf } from './time.ts';

/** One line of `davit show`; it is left out where there is no text. */
export type Label = readonly [label: string, text: string | undefined];

/** What is shown besides the row. */
export interface ShowOptions {
  readonly now: number;
  readonly lastLine?: LastLine | undefined;
}

/** What a task is, and why it is in its present state: the first part of `davit show`. */
export const labelsOf = (task: Task, { now, lastLine }: ShowOptions): readonly Label[] => [
  ...whatLines(task),
  ...whyLines(task, now),
  lastLineOf(lastLine),
];

const whatLines = (task: Task): readonly Label[] => [
  ['tool', toolOf(task)],
  ['placement', 'placement' in task ? task.placement : undefined],
  ['run', task.run > 0 ? `${task.run}${attemptsOf(task)}` : undefined],
  ['tenant', task.tenant === 'default' ? undefined : task.tenant],
  ['priority', task.priority > 0 ? String(task.priority) : undefined],
  ['reply to', task.replyTo],
  ['endpoint', endpointOf(task)],
  ['ECS task', 'ecsTaskArn' in task && task.ecsTaskArn ? ecsTaskId(task.ecsTaskArn) : undefined],
];

const toolOf = (task: Task): string | undefined => {
  const version = task.release?.version ?? task.askedVersion;
  if (!task.tool) return undefined;
  if (!version) return `${task.tool} (the version is chosen at the first launch)`;
  return `${task.tool} ${version}${task.askedVersion ? ' (requested by the message)' : ''}`;
};

const attemptsOf = ({ attempts, release }: Task): string => {
  const most = release?.spec.attempts;
  if (most === undefined) return `, ${attempts} attempts spent`;
  return attempts > most
    ? `, ${most} of ${most} attempts spent, and one more run with double memory`
    : `, ${attempts} of ${most} attempts spent`;
};

const endpointOf = (task: Task): string | undefined => {
  if (task.phase !== 'RUNNING' || !task.endpoint) return undefined;
  const { protocol, host, port } = task.endpoint;
  return `${protocol}://${host}:${port}`;
};

const whyLines = (task: Task, now: number): readonly Label[] => {
  const next = due(task);
  const waits: readonly Label[] = next
    ? [
        ['waiting for', next.why],
        ['due', `${momentOf(next.at)} (${fromNow(next.at, now)})`],
      ]
    : [];
  const lost = lostLines(task);
  if (!isEnded(task)) {
    const before = task.phase === 'QUEUED' ? momentOf(task.startBy) : undefined;
    return [...waits, ...lost, ['start by', before]];
  }
  return [
    ['outcome', task.outcome],
    ['exit code', task.exitCode === undefined ? undefined : String(task.exitCode)],
    ['reason', task.reason],
    ['result', task.result],
    ...waits,
    ...lost,
  ];
};

/** Replies and events that were given up, and why. */
const lostLines = ({ repliesGivenUp: lost, eventsDropped }: Task): readonly Label[] => {
  const dropped = (eventsDropped?.event ?? 0) + (eventsDropped?.reply ?? 0);
  return [
    [
      'given up',
      lost &&
        `${lost.count === 1 ? '1 reply' : `${lost.count} replies`} to ${lost.queue}: ${lost.why}`,
    ],
    [
      'dropped',
      dropped === 0 ? undefined : `${dropped} events of earlier runs, which could not be sent`,
    ],
  ];
};

const lastLineOf = (lastLine: LastLine | undefined): Label => {
  if (!lastLine) return ['last line', undefined];
  return ['last line', 'text' in lastLine ? `run ${lastLine.run}: ${lastLine.text}` : lastLine.why];
};
