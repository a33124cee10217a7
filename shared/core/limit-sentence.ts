import { type Limit, takenBy, takenIn } from './limit.ts';
import { stageLimit } from './limit-name.ts';
import { fullFor, queueOf } from './limit-queues.ts';

/** What a task waits for that gets no place: `3 of 3 transcoders are running`. */
export const fullSentence = (
  limit: Limit,
  {
    tool,
    tenant,
    named,
  }: { readonly tool: string; readonly tenant: string; readonly named: string },
): string => {
  const isStage = limit.name === stageLimit;
  if (limit.checkedAt === undefined)
    return `${isStage ? 'the stage' : tool} has a limit of ${limit.maxRunning} since a moment ago; what runs already is counted first`;
  const { maxRunning = 0, maxPerTenant = 0 } = queueOf(limit, tool);
  switch (fullFor(limit, { tool, tenant })) {
    case 'tenant':
      return `${running(takenBy(limit, { tool, tenant }), maxPerTenant, tool)}, of tenant ${named}`;
    case 'tool':
      return running(takenBy(limit, { tool }), maxRunning, tool);
    default:
      return isStage
        ? `${running(takenIn(limit), limit.maxRunning, 'run')}, of all tools of the stage`
        : running(takenIn(limit), limit.maxRunning, tool);
  }
};

const running = (taken: number, most: number, what: string): string =>
  most === 1 ? `${taken} of 1 ${what} is running` : `${taken} of ${most} ${what}s are running`;
