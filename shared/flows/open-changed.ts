import type { Gate } from '../core/gate.ts';
import { liveGate, reachGate, subjectOf, toolGate, versionGate } from '../core/gate-names.ts';
import type { ParameterChange } from '../core/parameter-change.ts';
import { toolKnownMs } from '../core/times.ts';
import { withCircuits } from './circuit.ts';
import { type GatePorts, mostGates, openGates } from './open-gates.ts';

/** The time for the gates of one change. The next sweep goes on. */
const ringsMs = 28_000;
/** The doorbells of one change. They come on top of the sweep's, and of those of other changes. The next sweep goes on. */
const mostRings = 100;

/**
 * A pause has ended, or another version is live: looks at the gates of that tool now, instead of in the next sweep. It waits
 * until no function knows the old state any more: dispatch would hold the rows again. Where nothing waits for the tool, as in most
 * changes of a deployment, it ends at once. The event may be lost, and so may this: the sweep looks at every gate.
 */
export const openChanged = async (
  ports: GatePorts,
  changed: ParameterChange,
  signal?: AbortSignal,
): Promise<void> => {
  if (changed.kind === 'other') return;
  const { clock } = ports;
  if (changed.kind === 'tool' && (await gatesOfTool(ports, changed.tool)).length === 0) return;
  await clock.wait(toolKnownMs, signal);
  if (signal?.aborted) return;
  const now = clock.now();
  const isOver = (): boolean => signal?.aborted === true || clock.now() >= now + ringsMs;
  const gates = await (changed.kind === 'tool'
    ? gatesOfTool(ports, changed.tool)
    : gatesOfAllTools(ports));
  await openGates({ ...ports, ...withCircuits(ports) }, { now, isOver }, { gates, mostRings });
};

/** By their names, so that a tool costs the same however many gates there are. Of the versions, the live one may be new. */
const gatesOfTool = async ({ gates, tools }: GatePorts, tool: string): Promise<readonly Gate[]> => {
  const state = await tools.find(tool);
  const live = state.kind === 'known' ? state.live?.version : undefined;
  return gates.named([
    toolGate(tool),
    liveGate(tool),
    reachGate(tool),
    ...(live === undefined ? [] : [versionGate(tool, live)]),
  ]);
};

const gatesOfAllTools = async ({ gates }: GatePorts): Promise<readonly Gate[]> => {
  const due = await gates.due(mostGates);
  return due.filter(({ by }) => {
    const subject = subjectOf(by);
    return subject !== undefined && subject.kind !== 'closure';
  });
};
