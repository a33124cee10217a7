import type { Limit, LimitTerms, StageTerms } from '../core/limit.ts';
import { stageLimit, toolOfLimit } from '../core/limit-name.ts';
import { limitOfTask } from '../core/limit-of-task.ts';
import { queuesOf } from '../core/limit-queues.ts';
import type { ToolState } from '../core/tool.ts';
import type { Clock, Tools } from '../ports.ts';
import { callPaceOf } from './call-pace.ts';

/** What SSM says of a limit today. */
export interface LimitToday {
  /** Undefined when it has no limit any more, or cannot be looked up. */
  readonly terms: LimitTerms | StageTerms | undefined;
  /** Its runs are not counted in it any more. */
  readonly isRemoved: boolean;
  /** The tools that are paused, or are not. Who cannot be looked up is in neither. */
  readonly paused: readonly string[];
  readonly running: readonly string[];
}

interface TodayPorts {
  readonly tools: Pick<Tools, 'find'>;
  readonly clock: Clock;
}

/** Half of what SSM answers in a second to the whole account (SSM, throughput of GetParameters: 40); dispatch needs the rest. */
const lookUpRate = { perSecond: 20, burst: 10, slowPerSecond: 20 };

/** Looks up the tools of a limit. Undefined for a limit that this version of Davit does not know. */
export const limitToday = async (
  { tools, clock }: TodayPorts,
  limit: Limit,
): Promise<LimitToday | undefined> => {
  const { name } = limit;
  if (name !== stageLimit && toolOfLimit(name) === undefined) return undefined;
  const pace = callPaceOf(clock, lookUpRate);
  const find = async (tool: string): Promise<ToolState> => {
    await pace.next();
    return tools.find(tool);
  };
  const states = await Promise.all(
    queuesOf(limit).map(async ({ tool }) => ({ tool, state: await find(tool) })),
  );
  const found = states.flatMap(({ tool, state }) => {
    const today = limitOfTask(tool, state);
    return today?.name === name ? [today.terms] : [];
  });
  const terms = together(found);
  const isKnown = states.every(({ state }) => state.kind !== 'unreadable');
  const named = (is: (state: ToolState) => boolean) =>
    states.filter(({ state }) => is(state)).map(({ tool }) => tool);
  const mayBeRemoved = terms === undefined && isKnown;
  return {
    terms,
    // The tools of the stage may all be gone while its limit is not.
    isRemoved: mayBeRemoved && !(name === stageLimit && mayHaveLimit(await find(stageLimit))),
    paused: named((state) => state.kind === 'known' && isPaused(state)),
    running: named((state) => state.kind === 'known' && !isPaused(state)),
  };
};

/** Whether the stage may have a limit. Its parameter is read together with those of any tool, also of one that does not exist. */
const mayHaveLimit = (state: ToolState): boolean => {
  if (state.kind === 'unknown') return state.hasStageLimit === true;
  return state.kind === 'unreadable' || state.stageMaxRunning !== undefined;
};

/** Of a tool's own limit there is one; of the stage one for each of its tools. */
const together = (
  found: readonly (LimitTerms | StageTerms)[],
): LimitTerms | StageTerms | undefined => {
  const [first] = found;
  if (first === undefined || !('tools' in first)) return first;
  return { ...first, tools: found.flatMap((one) => ('tools' in one ? one.tools : [])) };
};

const isPaused = ({ paused, allPaused }: ToolState & { readonly kind: 'known' }): boolean =>
  paused !== undefined || allPaused !== undefined;
