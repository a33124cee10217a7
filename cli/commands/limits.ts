import type { Limit } from '../../shared/core/limit.ts';
import { holdAt, limitOf, stageLimit } from '../../shared/core/limit-name.ts';
import { queueOf, queuesOf } from '../../shared/core/limit-queues.ts';
import { visibleJson, visibleLine } from '../../shared/wire/visible.ts';
import { chosenTools } from '../chosen-tools.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { type Context, limitsAt, tableOf } from '../context.ts';
import { type ShownPlaces, stageLimitShown, type ToolLimit, toolLimitOf } from '../tool-limits.ts';

/** `davit limits`: how many places of each limit are taken, who waits for one, and who is next. */
export const limits = command({
  name: 'limits',
  args: { tool: { type: 'positional', required: false, description: 'Only this tool' } },
  notes: [
    'A tool without `maxRunning` in tools.yml is not shown, and neither is one that has had no task since it got a limit.',
    'While the stage has a limit, a line shows it, and the places of the tools are those that their runs have in it. A tool without runs and without waiting tasks is not shown then.',
    '--json prints {"limits": [{"tool", "maxRunning", "maxPerTenant", "taken", "waiting", "next", "tenants": […]}], "stage"}.',
  ],
  codes: [codes.notFound],
  run: async (args, context) => {
    const tools = await chosenTools(args.tool, context);
    const found = await limitsOf(
      tools.map(({ tool }) => tool),
      context,
    );
    if (args.json) context.print(visibleJson(documentOf(found), 2));
    else for (const line of linesOf(found)) context.print(line);
    return codes.done;
  },
});

interface Shown {
  readonly stage: ShownPlaces | undefined;
  readonly tools: readonly ToolLimit[];
}

const limitsOf = async (tools: readonly string[], context: Context): Promise<Shown> => {
  const table = limitsAt(context);
  const stage = await table.limit(stageLimit);
  const read = await Promise.all(
    tools.map(async (tool) => ({
      tool,
      limit: countedIn(tool, await table.limit(limitOf(tool)), stage),
    })),
  );
  const limited = read.flatMap(({ tool, limit }) => (limit ? [{ tool, limit }] : []));
  if (limited.length === 0 && stage === undefined) return { stage: undefined, tools: [] };
  const current = await tableOf(context).current();
  const waitersAt = (limit: Limit, tool: string) => table.waiters(holdAt(limit.name, tool));
  return {
    stage:
      stage &&
      stageLimitShown(
        stage,
        await Promise.all(
          queuesOf(stage).map(async ({ tool }) => ({
            tool,
            waiters: await waitersAt(stage, tool),
          })),
        ),
        current,
      ),
    tools: await Promise.all(
      limited.map(async ({ tool, limit }) =>
        toolLimitOf(tool, { limit, waiters: await waitersAt(limit, tool), current }),
      ),
    ),
  };
};

/** The limit in which the runs of a tool count. While that of the stage is set or removed, both are there, and one of them counts. */
const countedIn = (
  tool: string,
  own: Limit | undefined,
  stage: Limit | undefined,
): Limit | undefined => {
  if (stage === undefined || own?.checkedAt !== undefined) return own;
  return queueOf(stage, tool).maxRunning === undefined ? own : stage;
};

const documentOf = ({ stage, tools }: Shown): object => ({
  limits: tools.map((one) => ({ ...plain(one), maxPerTenant: one.maxPerTenant ?? null })),
  stage: stage ? plain(stage) : null,
});

const plain = (one: ShownPlaces): object => ({ ...one, next: one.next ?? null });

const linesOf = ({ stage, tools }: Shown): readonly string[] => {
  if (stage === undefined && tools.length === 0) return ['There is no limit.'];
  return [
    ...(stage === undefined ? [] : placesLines('all tools', stage, '')),
    ...tools.flatMap(({ tool, maxPerTenant, ...one }) =>
      placesLines(tool, one, maxPerTenant === undefined ? '' : ` of ${maxPerTenant}`),
    ),
  ];
};

/** `most`: how many runs a tenant may have. */
const placesLines = (of: string, one: ShownPlaces, most: string): readonly string[] => {
  const next = one.next ? `, the next is ${one.next.taskId} of ${one.next.tenant}` : '';
  return [
    visibleLine(
      `${of}: ${one.taken} of ${one.maxRunning} places taken; ${waits(one.waiting)}${next}`,
    ),
    ...one.tenants.map(
      ({ tenant, running, waiting }) =>
        `  ${visibleLine(tenant)}: ${running}${most} running; ${waits(waiting)}`,
    ),
  ];
};

const waits = (count: number): string =>
  count === 0 ? 'no task waits' : `${count} ${count === 1 ? 'task waits' : 'tasks wait'}`;
