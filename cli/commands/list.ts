import type { WantedGroup } from '../../shared/aws/read-group.ts';
import { present } from '../../shared/core/present.ts';
import type { Phase } from '../../shared/core/task.ts';
import { type Listed, phases } from '../../shared/wire/listed.ts';
import { shown } from '../../shared/wire/shown.ts';
import { iso } from '../../shared/wire/stored-time.ts';
import { visibleJson, visibleLine } from '../../shared/wire/visible.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { type Context, pinsAt, tableOf } from '../context.ts';
import { failureMessage } from '../failure-message.ts';
import { groupNamed } from '../group-named.ts';
import { noSuchTool } from '../no-such-tool.ts';
import { listLines } from '../print/list.ts';
import { painted } from '../print/text.ts';
import { indent, wrap } from '../print/wrap.ts';
import { readBacklog } from '../read-backlog.ts';
import { readTool } from '../read-tool.ts';
import { wholeNumber } from '../whole-number.ts';

const usualLimit = 20;
/** Of each phase of ended tasks. No index has the group, and ended rows stay for 90 days. */
const mostEnded = 5_000;

/** `davit list`: rows from the indexes, the last changed first, and how many messages have no row yet. */
export const list = command({
  name: 'list',
  args: {
    phase: { type: 'string', description: `Only this phase: ${phases.join(', ')}` },
    tool: {
      type: 'string',
      description: 'Only this tool (sorted by creation, not by the last change)',
    },
    group: {
      type: 'string',
      description: `Only this group; it looks at the last ${mostEnded} changed rows of each phase of ended tasks`,
    },
    limit: {
      type: 'string',
      description: `The maximum number of tasks (${usualLimit})`,
      valueHint: 'number',
    },
  },
  notes: [
    'It reads the indexes by-phase and by-tool, which may be a second behind the table.',
    '--json prints {"tasks": [...], "backlog": number or null, "doorbells": number or null}. Times are ISO, names are those of the table, and a key',
    'without a value is null.',
  ],
  codes: [codes.notFound],
  run: async (args, context) => {
    const limit = wholeNumber('--limit', args.limit, { least: 1, most: 10_000 }) ?? usualLimit;
    const phase = args.phase === undefined ? undefined : phaseNamed(args.phase);
    const asked = present({ phase, tool: args.tool || undefined });
    const [found, backlog] = await Promise.all([
      args.group === undefined
        ? // One more than the limit shows whether there are more.
          tableOf(context).list({ limit: limit + 1, ...asked })
        : groupRows({ group: groupNamed(args.group), ...asked }, context),
      readBacklog(context),
    ]);
    const rows = found.slice(0, limit);
    await checkTool(args.tool, rows, context);
    if (found.length > limit) {
      context.remark(`There are more tasks than these ${limit}: use --limit to see them.`);
    }
    if (args.json) {
      const { ready = null, doorbells = null } = backlog;
      context.print(visibleJson({ tasks: rows.map(plain), backlog: ready, doorbells }, 2));
      return codes.done;
    }
    if (rows.length === 0) context.print('No task was found.');
    else for (const line of listLines(rows, context.screen, context.now())) context.print(line);
    context.print('');
    const margin = { ...indent(2), first: '' };
    for (const row of wrap(visibleLine(backlog.sentence), margin, context.screen))
      context.print(painted(context.screen, 'dim', row));
    return codes.done;
  },
});

const phaseNamed = (text: string): Phase => {
  const found = phases.find((phase) => phase === text.toUpperCase());
  if (found) return found;
  throw new CommandError(
    codes.usage,
    `--phase expects one of ${phases.join(', ')}, and got "${text}".`,
  );
};

const groupRows = async (
  wanted: Omit<WantedGroup, 'mostEnded'>,
  context: Context,
): Promise<readonly Listed[]> => {
  const { rows, isCut } = await tableOf(context).group({ ...wanted, mostEnded });
  if (isCut)
    context.remark(
      `Only the last ${mostEnded} changed rows of each phase of ended tasks were looked at: older tasks of the group are not shown.`,
    );
  return rows;
};

/** Throws for a tool that does not exist. It checks only where no row was found: a removed tool may still have tasks. */
const checkTool = async (
  tool: string | undefined,
  rows: readonly Listed[],
  context: Context,
): Promise<void> => {
  if (tool === undefined || rows.length > 0) return;
  const missing = await findMissingTool(tool, context);
  if (missing !== undefined) throw new CommandError(codes.notFound, missing);
};

/** The sentence about a tool that does not exist. When SSM cannot be reached it remarks that, and the list does not fail. */
const findMissingTool = async (tool: string, context: Context): Promise<string | undefined> => {
  try {
    if (await readTool(tool, context)) return undefined;
    return noSuchTool(tool, await pinsAt(context).all(), context);
  } catch (error) {
    if (context.signal.aborted) throw error;
    const why = failureMessage(error, context.deployment).sentence;
    context.remark(`Davit could not check that the tool ${shown(tool)} exists: ${why}`);
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
