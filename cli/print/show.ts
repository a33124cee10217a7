import type { RunRecord } from '../../shared/core/run-record.ts';
import type { Task } from '../../shared/core/task.ts';
import { visible, visibleLine } from '../../shared/wire/visible.ts';
import { ecsTaskId } from './ecs-task-id.ts';
import { type Label, labelsOf, type ShowOptions } from './labels.ts';
import { phasePaint } from './phase.ts';
import { type Column, table } from './table.ts';
import { columnsOf, padded, painted, type Screen, truncated } from './text.ts';
import { clockOf, lengthOf, momentOf } from './time.ts';
import { timelineOf } from './timeline.ts';
import { verdictName } from './verdict-name.ts';
import { indent, withoutTabs, wrap } from './wrap.ts';

/** What `davit show` prints: the state of the task, then its runs, its timeline and its message. Times are UTC. */
export const showLines = (
  task: Task,
  screen: Screen,
  { now, lastLine }: ShowOptions,
): readonly string[] => [
  `${painted(screen, 'bold', visibleLine(task.taskId))}  ${painted(screen, phasePaint(task.phase), task.phase)}`,
  '',
  ...labelled(labelsOf(task, { now, lastLine }), screen),
  ...section('Runs', runLines(task, screen), screen),
  ...section('Timeline', timelineLines(task, screen), screen),
  ...section('Message', messageLines(task, screen), screen),
  ...section(tailTitle(task), tailLines(task, screen), screen),
];

const labelled = (lines: readonly Label[], screen: Screen): readonly string[] =>
  lines.flatMap(([label, text]) =>
    text
      ? wrap(
          visibleLine(text),
          indent(14, `  ${painted(screen, 'dim', padded(label, 12))}`),
          screen,
        )
      : [],
  );

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
    wrap(
      visibleLine(what),
      indent(22, `${painted(screen, 'dim', momentOf(at))}  `),
      indented(screen),
    ),
  );

const mostColumns = 2_000;

// Enough UTF-16 units to fill the columns, whatever the characters are.
const mostRead = 10 * mostColumns;

const messageLines = (task: Task, screen: Screen): readonly string[] => {
  if (!task.payload) return [`the body (${task.payloadBytes} bytes) was not kept`];
  const whole = new TextDecoder().decode(task.payload);
  const text = visibleLine(whole.slice(0, mostRead));
  const isWhole = whole.length <= mostRead && columnsOf(text) <= mostColumns;
  const line = isWhole ? text : `${truncated(text, mostColumns)} (use --json to see all of it)`;
  return wrap(line, indent(0), indented(screen));
};

const tailTitle = ({ logTailRun }: Task): string =>
  logTailRun === undefined ? 'Last lines' : `Last lines of run ${logTailRun}`;

const tailLines = (task: Task, screen: Screen): readonly string[] =>
  visible(task.logTail ?? (task.logTailMissing ? `not known: ${task.logTailMissing}` : ''))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => wrap(withoutTabs(line), indent(0), indented(screen)));
