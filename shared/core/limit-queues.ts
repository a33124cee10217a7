import {
  type Limit,
  type LimitTerms,
  ownTerms,
  type RunAtLimit,
  type StageTerms,
  type ToolQueue,
  takenBy,
  takenIn,
} from './limit.ts';
import { toolOfLimit } from './limit-name.ts';
import { present } from './present.ts';

/** Who waits for a limit: for that of a tool its tasks, for that of the stage those of each tool apart. */
export const queuesOf = (limit: Limit): readonly ToolQueue[] => limit.tools ?? [ownQueue(limit)];

/** What a limit allows to a tool, and whether its tasks wait. The stage may not have heard of the tool. */
export const queueOf = (limit: Limit, tool: string): ToolQueue =>
  limit.tools === undefined
    ? ownQueue(limit)
    : (limit.tools.find((one) => one.tool === tool) ?? { tool });

/** The limit as the specs say it today. Of the stage, the tools that the terms do not name stay as they are. */
export const withTerms = (limit: Limit, terms: LimitTerms | StageTerms): Limit => {
  const { maxRunning } = terms;
  const all = limit.maxRunning === maxRunning ? limit : { ...limit, maxRunning };
  const queues = 'tools' in terms ? terms.tools : [{ tool: '', ...ownTerms(terms) }];
  return queues.reduce(withToolTerms, all);
};

/** Why a run gets no place now: none is free, or its tool or its tenant has as many as it may have. */
export const fullFor = (
  limit: Limit,
  { tool, tenant }: Pick<RunAtLimit, 'tool' | 'tenant'>,
): 'limit' | 'tool' | 'tenant' | undefined => {
  if (limit.checkedAt === undefined || takenIn(limit) >= limit.maxRunning) return 'limit';
  const { maxPerTenant } = queueOf(limit, tool);
  if (isToolFull(limit, tool)) return 'tool';
  return maxPerTenant !== undefined && takenBy(limit, { tool, tenant }) >= maxPerTenant
    ? 'tenant'
    : undefined;
};

/** The queues whose tasks wait, and may get a place when one is free. */
export const openQueues = (limit: Limit): readonly ToolQueue[] =>
  queuesOf(limit).filter(
    ({ tool, waitsSince, isHeld }) =>
      waitsSince !== undefined && isHeld === undefined && !isToolFull(limit, tool),
  );

/** Whether something else holds the whole tool, so that a place would only be given back. Of a tool's own limit nothing is noted. */
export const heldAtStage = (limit: Limit, tool: string, isHeld: boolean): Limit => {
  const { isHeld: old, ...queue } = queueOf(limit, tool);
  if (limit.tools === undefined || (old ?? false) === isHeld) return limit;
  return withQueue(limit, isHeld ? { ...queue, isHeld } : queue);
};

/** The stage without the tools of which it counts no run, and no task waits. It keeps the last one. */
export const withoutIdleTools = (limit: Limit): Limit => {
  const busy = limit.tools?.filter(
    ({ tool, waitsSince }) => waitsSince !== undefined || takenBy(limit, { tool }) > 0,
  );
  const tools = busy?.length === 0 ? limit.tools?.slice(0, 1) : busy;
  return tools === undefined || tools.length === limit.tools?.length ? limit : { ...limit, tools };
};

/** A mark that is younger than this is not written again. */
const markMs = 60_000;

/** No task of the tool waits: the mark goes, unless it was made a moment ago by a task whose row the index may not show yet. */
export const unmarked = (limit: Limit, tool: string, now: number): Limit => {
  const { waitsSince, ...queue } = queueOf(limit, tool);
  return waitsSince === undefined || now < waitsSince + 2 * markMs
    ? limit
    : withQueue(limit, queue);
};

/** Where the next hand-out goes on to ask which tasks of a tool wait; undefined: with the first tenant. */
export const readUpTo = (limit: Limit, tool: string, tenant: string | undefined): Limit => {
  const { readUpTo: old, ...queue } = queueOf(limit, tool);
  return old === tenant ? limit : withQueue(limit, { ...queue, ...present({ readUpTo: tenant }) });
};

/** A task of this tool waits. */
export const marked = (limit: Limit, tool: string, now: number): Limit => {
  const queue = queueOf(limit, tool);
  return queue.waitsSince !== undefined && now < queue.waitsSince + markMs
    ? limit
    : withQueue(limit, { ...queue, waitsSince: now });
};

// Instead of the queue that it has for the tool.
const withQueue = (limit: Limit, queue: ToolQueue): Limit => {
  const { tools } = limit;
  if (tools !== undefined) {
    const isKnown = tools.some(({ tool }) => tool === queue.tool);
    const changed = tools.map((one) => (one.tool === queue.tool ? queue : one));
    return { ...limit, tools: isKnown ? changed : [...tools, queue] };
  }
  const { waitsSince, readUpTo, maxPerTenant } = queue;
  const { waitsSince: _mark, readUpTo: _tenant, maxPerTenant: _most, ...rest } = limit;
  return { ...rest, ...present({ maxPerTenant, waitsSince, readUpTo }) };
};

// Its own `maxRunning` is that of the whole limit.
const ownQueue = ({ name, maxPerTenant, waitsSince, readUpTo }: Limit): ToolQueue => ({
  tool: toolOfLimit(name) ?? name,
  ...present({ maxPerTenant, waitsSince, readUpTo }),
});

const isToolFull = (limit: Limit, tool: string): boolean => {
  const { maxRunning } = queueOf(limit, tool);
  return maxRunning !== undefined && takenBy(limit, { tool }) >= maxRunning;
};

const withToolTerms = (limit: Limit, terms: StageTerms['tools'][number]): Limit => {
  const { maxRunning, maxPerTenant, ...queue } = queueOf(limit, terms.tool);
  const isKnown = limit.tools?.some(({ tool }) => tool === terms.tool) ?? true;
  // A tool's own limit has its `maxRunning` for all its runs, and no second one.
  const most = limit.tools === undefined ? maxRunning : terms.maxRunning;
  if (isKnown && maxRunning === most && maxPerTenant === terms.maxPerTenant) return limit;
  return withQueue(limit, {
    ...queue,
    ...present({ maxRunning: most, maxPerTenant: terms.maxPerTenant }),
  });
};
