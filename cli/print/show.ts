import { due } from '../../shared/core/due.ts';
import type { RunRecord } from '../../shared/core/run-record.ts';
import { isEnded, type Task } from '../../shared/core/task.ts';
import { visible, visibleLine } from '../../shared/wire/visible.ts';
import type { LastLine } from '../last-line.ts';
import { hanging, indentOf, untabbed } from './hanging.ts';
import { phasePaint } from './phase.ts';
import { ecsTaskId, verdictName } from './run.ts';
import { type Column, table } from './table.ts';
import { columnsOf, filled, fitted, painted, type Screen } from './text.ts';
import { clockOf, fromNow, lengthOf, momentOf } from './time.ts';
import { timelineOf } from './timeline.ts';

/** What is known beside the row. */
export interface Beside {
  readonly now: number;
  readonly lastLine?: LastLine | undefined;
}

/** What `davit show` prints: the row as a story, from what it is to how it came there. Times are UTC. */
export const showLines = (
  task: Task,
  screen: Screen,
  { now, lastLine }: Beside,
): readonly string[] => [
  `${painted(screen, 'bold', visibleLine(task.taskId))}  ${painted(screen, phasePaint(task.phase), task.phase)}`,
  '',
  ...labelled([...whatLines(task), ...whyLines(task, now), lastWords(lastLine)], screen),
  ...section('Runs', runLines(task, screen), screen),
  ...section('Timeline', timelineLines(task, screen), screen),
  ...section('Message', messageLines(task, screen), screen),
  ...section('Last lines', tailLines(task, screen), screen),
];

const mostColumns = 2_000;

type Line = readonly [label: string, text: string | undefined];

const labelled = (lines: readonly Line[], screen: Screen): readonly string[] =>
  lines.flatMap(([label, text]) =>
    text
      ? hanging(
          visibleLine(text),
          indentOf(14, `  ${painted(screen, 'dim', filled(label, 12))}`),
          screen,
        )
      : [],
  );

const whatLines = (task: Task): readonly Line[] => [
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
  if (!version) return `${task.tool} (its version is chosen at the first launch)`;
  return `${task.tool} ${version}${task.askedVersion ? ' (asked for by the message)' : ''}`;
};

const attemptsOf = (task: Task): string => {
  const most = task.release?.spec.attempts;
  const spent = most === undefined ? `${task.attempts}` : `${task.attempts} of ${most}`;
  return `, ${spent} attempts spent`;
};

const endpointOf = (task: Task): string | undefined => {
  if (task.phase !== 'RUNNING' || !task.endpoint) return undefined;
  const { protocol, host, port } = task.endpoint;
  return `${protocol}://${host}:${port}`;
};

const whyLines = (task: Task, now: number): readonly Line[] => {
  const next = due(task);
  const waits: readonly Line[] = next
    ? [
        ['waits', next.why],
        ['until', `${momentOf(next.at)} (${fromNow(next.at, now)})`],
      ]
    : [];
  const lost = lostLines(task);
  if (!isEnded(task)) {
    const before = task.phase === 'QUEUED' ? momentOf(task.startBy) : undefined;
    return [...waits, ...lost, ['runs before', before]];
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

/** What was never told, and why. */
const lostLines = ({ repliesGivenUp: lost, eventsDropped }: Task): readonly Line[] => {
  const dropped = (eventsDropped?.event ?? 0) + (eventsDropped?.reply ?? 0);
  return [
    [
      'given up',
      lost &&
        `${lost.count === 1 ? '1 reply' : `${lost.count} replies`} to ${lost.queue}: ${lost.why}`,
    ],
    [
      'dropped',
      dropped === 0 ? undefined : `${dropped} events of earlier runs that could not be sent`,
    ],
  ];
};

const lastWords = (lastLine: LastLine | undefined): Line => {
  if (!lastLine) return ['last line', undefined];
  return ['last line', 'text' in lastLine ? `run ${lastLine.run}: ${lastLine.text}` : lastLine.why];
};

const section = (title: string, lines: readonly string[], screen: Screen): readonly string[] =>
  lines.length === 0
    ? []
    : ['', painted(screen, 'bold', title), ...lines.map((line) => `  ${line}`)];

const runColumns: readonly Column<RunRecord>[] = [
  { head: 'RUN', of: (run) => String(run.run), side: 'right' },
  { head: 'VERSION', of: (run) => run.version, cut: { at: 'middle', least: 7 }, spare: 3 },
  { head: 'PLACEMENT', of: (run) => run.placement, spare: 2 },
  { head: 'STARTED', of: (run) => (run.startedAt === undefined ? '-' : clockOf(run.startedAt)) },
  {
    head: 'RAN',
    of: (run) => (run.startedAt === undefined ? '-' : lengthOf(run.endedAt - run.startedAt)),
    side: 'right',
  },
  { head: 'EXIT', of: (run) => String(run.exitCode ?? '-'), side: 'right' },
  {
    head: 'ENDED',
    of: (run) => verdictName(run.verdict),
    paint: (run) => (run.verdict === 'succeeded' ? 'green' : 'red'),
    cut: { at: 'end', least: 9 },
  },
  {
    head: 'ECS TASK',
    of: (run) => (run.ecsTaskArn ? ecsTaskId(run.ecsTaskArn) : '-'),
    cut: { at: 'middle', least: 9 },
    spare: 1,
  },
  { head: 'WHY', of: (run) => run.why, cut: { at: 'end', least: 12 } },
];

const runLines = (task: Task, screen: Screen): readonly string[] =>
  task.runs.length === 0 ? [] : table(task.runs, runColumns, indented(screen));

const indented = (screen: Screen): Screen =>
  screen.columns === undefined ? screen : { ...screen, columns: screen.columns - 2 };

const timelineLines = (task: Task, screen: Screen): readonly string[] =>
  timelineOf(task).flatMap(({ at, what }) =>
    hanging(
      visibleLine(what),
      indentOf(22, `${painted(screen, 'dim', momentOf(at))}  `),
      indented(screen),
    ),
  );

// No sign that is printed has more units for its columns.
const mostRead = 10 * mostColumns;

const messageLines = (task: Task, screen: Screen): readonly string[] => {
  if (!task.payload) return [`the body, ${task.payloadBytes} bytes, was not kept`];
  const whole = new TextDecoder().decode(task.payload);
  const text = visibleLine(whole.slice(0, mostRead));
  const isWhole = whole.length <= mostRead && columnsOf(text) <= mostColumns;
  const said = isWhole ? text : `${fitted(text, mostColumns)} (--json has it whole)`;
  return hanging(said, indentOf(0), indented(screen));
};

const tailLines = (task: Task, screen: Screen): readonly string[] =>
  (isEnded(task) ? visible(task.logTail ?? '') : '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => hanging(untabbed(line), indentOf(0), indented(screen)));
