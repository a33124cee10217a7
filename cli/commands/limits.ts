import { visibleJson, visibleLine } from '../../shared/wire/visible.ts';
import { chosenTools } from '../chosen-tools.ts';
import { codes } from '../codes.ts';
import { command } from '../command.ts';
import { type Context, limitsAt, tableOf } from '../context.ts';
import { type ToolLimit, toolLimitOf } from '../tool-limits.ts';

/** `davit limits`: how many places of each limit are taken, who waits for one, and who is next. */
export const limits = command({
  name: 'limits',
  args: { tool: { type: 'positional', required: false, description: 'Only this tool' } },
  notes: [
    'A tool without `maxRunning` in tools.yml is not shown, and neither is one that has had no task since it got a limit.',
    '--json prints {"limits": [{"tool", "maxRunning", "maxPerTenant", "taken", "waiting", "next", "tenants": […]}]}.',
  ],
  codes: [codes.notFound],
  run: async (args, context) => {
    const tools = await chosenTools(args.tool, context);
    const found = await limitsOf(
      tools.map(({ tool }) => tool),
      context,
    );
    if (args.json) context.print(visibleJson({ limits: found.map(plain) }, 2));
    else if (found.length === 0) context.print('There is no limit.');
    else for (const one of found) for (const line of linesOf(one)) context.print(line);
    return codes.done;
  },
});

const limitsOf = async (
  tools: readonly string[],
  context: Context,
): Promise<readonly ToolLimit[]> => {
  const table = limitsAt(context);
  const read = await Promise.all(
    tools.map(async (tool) => ({ tool, limit: await table.limit(tool) })),
  );
  const limited = read.flatMap(({ tool, limit }) => (limit ? [{ tool, limit }] : []));
  if (limited.length === 0) return [];
  const current = await tableOf(context).current();
  return await Promise.all(
    limited.map(async ({ tool, limit }) =>
      toolLimitOf(tool, { limit, waiters: await table.waiters(tool), current }),
    ),
  );
};

const plain = (one: ToolLimit): object => ({
  ...one,
  maxPerTenant: one.maxPerTenant ?? null,
  next: one.next ?? null,
});

const linesOf = ({ tool, ...one }: ToolLimit): readonly string[] => {
  const next = one.next ? `, the next is ${one.next.taskId} of ${one.next.tenant}` : '';
  return [
    visibleLine(
      `${tool}: ${one.taken} of ${one.maxRunning} places taken; ${waits(one.waiting)}${next}`,
    ),
    ...one.tenants.map(({ tenant, running, waiting }) => {
      const most = one.maxPerTenant === undefined ? '' : ` of ${one.maxPerTenant}`;
      return `  ${visibleLine(tenant)}: ${running}${most} running; ${waits(waiting)}`;
    }),
  ];
};

const waits = (count: number): string =>
  count === 0 ? 'no task waits' : `${count} ${count === 1 ? 'task waits' : 'tasks wait'}`;
