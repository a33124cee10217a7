import type { Limit } from '../core/limit.ts';
import { stageLimit } from '../core/limit-name.ts';
import { queuesOf } from '../core/limit-queues.ts';
import type { Tasks } from '../ports.ts';
import type { Round } from './visit-due.ts';

/** The most pages of the index that are read: with a thousand rows each, those of 20,000 queued tasks. */
const mostPages = 20;
const pageSize = 1_000;

/**
 * The limit of the stage with every tool that has a queued task, until its runs were counted. The item may be new because a person
 * has deleted the last one, and with it the list of the tools whose tasks wait: no other item has them. Any other limit as it is.
 */
export const withQueuedTools = async (
  { tasks }: { readonly tasks: Pick<Tasks, 'inPhase'> },
  limit: Limit,
  { isOver }: Round,
): Promise<Limit> => {
  if (limit.name !== stageLimit || limit.checkedAt !== undefined) return limit;
  const known = queuesOf(limit);
  const tools = new Set(known.map(({ tool }) => tool));
  let after: string | undefined;
  for (let pages = 0; pages < mostPages && !isOver(); pages += 1) {
    const page = await tasks.inPhase('QUEUED', { after, limit: pageSize });
    for (const { tool } of page.rows) if (tool !== undefined) tools.add(tool);
    after = page.next;
    if (after === undefined) break;
  }
  if (tools.size === known.length) return limit;
  const found = [...tools].filter((tool) => !known.some((one) => one.tool === tool));
  return { ...limit, tools: [...known, ...found.map((tool) => ({ tool }))] };
};
