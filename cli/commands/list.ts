import type { Phase } from '../../shared/core/task.ts';
import { type Listed, phases } from '../../shared/wire/listed.ts';
import { shown } from '../../shared/wire/shown.ts';
import { iso } from '../../shared/wire/stored-time.ts';
import { visibleJson, visibleLine } from '../../shared/wire/visible.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { type Context, controlAt, pinsAt, tableOf } from '../context.ts';
import { explained } from '../failure-message.ts';
import { noSuchTool, toolNamed } from '../no-such-tool.ts';
import { wholeNumber } from '../numbers.ts';
import { hanging, indentOf } from '../print/hanging.ts';
import { backlogLine, listLines } from '../print/list.ts';
import { painted } from '../print/text.ts';
import { Trouble } from '../trouble.ts';

const usualLimit = 20;

/** `davit list`: rows from the indexes, the last change first, and how many messages have no row yet. */
export const list = command({
  name: 'list',
  args: {
    phase: { type: 'string', description: `Only this phase: ${phases.join(', ')}` },
    tool: {
      type: 'string',
      description: 'Only this tool (then by creation, not by the last change)',
    },
    limit: {
      type: 'string',
      description: `How many at the most (${usualLimit})`,
      valueHint: 'number',
    },
  },
  notes: [
    'It reads the indexes by-phase and by-tool, which may be a second behind.',
    '--json prints {"tasks": [...], "backlog": number or null}; times are ISO, names are those of the',
    'table, and a key without a value is null.',
  ],
  codes: [codes.unknown],
  run: async (args, stand) => {
    const limit = wholeNumber('--limit', args.limit, { least: 1, most: 10_000 }) ?? usualLimit;
    const phase = args.phase === undefined ? undefined : phaseNamed(args.phase);
    const [found, backlog] = await Promise.all([
      tableOf(stand).list({
        // One more, to know whether there are more.
        limit: limit + 1,
        ...(phase ? { phase } : {}),
        ...(args.tool ? { tool: args.tool } : {}),
      }),
      backlogAt(stand),
    ]);
    const rows = found.slice(0, limit);
    await checkTool(args.tool, rows, stand);
    if (found.length > limit) {
      stand.remark(`There are more tasks than these ${limit}: see --limit.`);
    }
    if (args.json) {
      stand.out(visibleJson({ tasks: rows.map(plain), backlog: backlog.ready ?? null }, 2));
      return codes.done;
    }
    if (rows.length === 0) stand.out('No task was found.');
    else for (const line of listLines(rows, stand.screen, stand.now())) stand.out(line);
    stand.out('');
    const margin = { ...indentOf(2), first: '' };
    for (const row of hanging(visibleLine(backlog.sentence), margin, stand.screen))
      stand.out(painted(stand.screen, 'dim', row));
    return codes.done;
  },
});

const phaseNamed = (text: string): Phase => {
  const found = phases.find((phase) => phase === text.toUpperCase());
  if (found) return found;
  throw new Trouble(codes.usage, `--phase expects one of ${phases.join(', ')}, and got "${text}".`);
};

/** The list is worth printing without it, so that control cannot be asked is said, and is no failure. */
const backlogAt = async (
  stand: Context,
): Promise<{ readonly ready?: number; readonly sentence: string }> => {
  try {
    const answer = await controlAt(stand)({ ask: 'backlog' });
    if (answer.kind === 'backlog' && answer.ready !== undefined) {
      return { ready: answer.ready, sentence: backlogLine(answer.ready) };
    }
    return { sentence: 'The broker does not say how many messages wait in davit.tasks.' };
  } catch (error) {
    const why = explained(error, stand.place).sentence;
    return { sentence: `How many messages wait in davit.tasks is not known: ${why}` };
  }
};

/** Only where no row was found: a tool that was removed may still have tasks. */
const checkTool = async (
  tool: string | undefined,
  rows: readonly Listed[],
  stand: Context,
): Promise<void> => {
  if (tool === undefined || rows.length > 0) return;
  const missing = await missingTool(tool, stand);
  if (missing !== undefined) throw new Trouble(codes.unknown, missing);
};

/** What is to be said of a tool that is not there. That SSM cannot be asked is no failure of a list. */
const missingTool = async (tool: string, stand: Context): Promise<string | undefined> => {
  try {
    if (await toolNamed(tool, stand)) return undefined;
    return noSuchTool(tool, await pinsAt(stand).all(), stand);
  } catch (error) {
    if (stand.signal.aborted) throw error;
    const why = explained(error, stand.place).sentence;
    stand.remark(`Whether there is a tool ${shown(tool)} is not known: ${why}`);
    return undefined;
  }
};

const plain = (row: Listed): object => ({
  ...row,
  tool: row.tool ?? null,
  version: row.version ?? null,
  placement: row.placement ?? null,
  createdAt: iso(row.createdAt),
  updatedAt: iso(row.updatedAt),
  startedAt: row.startedAt === undefined ? null : iso(row.startedAt),
  endedAt: row.endedAt === undefined ? null : iso(row.endedAt),
  waitingFor: row.waitingFor ?? null,
  outcome: row.outcome ?? null,
  reason: row.reason ?? null,
  exitCode: row.exitCode ?? null,
});
