import { fullFor, type Limit, takenBy, takenIn } from './limit.ts';
import { toolOfLimit } from './limit-name.ts';

/** What a task waits for that gets no place: `3 of 3 transcoders are running`. */
export const fullSentence = (
  limit: Limit,
  { tenant, named }: { readonly tenant: string; readonly named: string },
): string => {
  const tool = toolOfLimit(limit.name) ?? limit.name;
  if (limit.checkedAt === undefined)
    return `${tool} has a limit of ${limit.maxRunning} since a moment ago; what runs already is counted first`;
  if (fullFor(limit, tenant) === 'tenant') {
    const { maxPerTenant = 0 } = limit;
    return `${running(takenBy(limit, tenant), maxPerTenant, tool)}, of tenant ${named}`;
  }
  return running(takenIn(limit), limit.maxRunning, tool);
};

const running = (taken: number, most: number, tool: string): string =>
  most === 1 ? `${taken} of 1 ${tool} is running` : `${taken} of ${most} ${tool}s are running`;
