import type { Gate } from '../core/gate.ts';
import { subjectOf } from '../core/gate-names.ts';
import { withCircuits } from './circuit.ts';
import { type GatePorts, openGates } from './open-gates.ts';

/** So long dispatch and sweep may go on with what they have read of a tool (shared/aws/tools.ts). */
const knownMs = 5_000;
/** The time for the gates of one change. The next sweep goes on. */
const ringsMs = 28_000;

/** What may be launched since a parameter has changed. */
type Opened = { readonly kind: 'other' | 'all' } | { readonly kind: 'tool'; readonly tool: string };

/**
 * A pause has ended, or another version is live: looks at the gates of that tool now, instead of in the next sweep. It waits
 * until nobody knows the old state any more: dispatch would hold the rows again. The event may be lost, and so may this: the sweep
 * looks at every gate.
 */
export const openChanged = async (
  ports: GatePorts,
  changed: Opened,
  signal?: AbortSignal,
): Promise<void> => {
  if (changed.kind === 'other') return;
  const { clock } = ports;
  await clock.wait(knownMs, signal);
  if (signal?.aborted) return;
  const now = clock.now();
  const isOver = (): boolean => signal?.aborted === true || clock.now() >= now + ringsMs;
  const isMeant = ({ by }: Gate): boolean => {
    const subject = subjectOf(by);
    if (subject === undefined || subject.kind === 'closure') return false;
    return changed.kind !== 'tool' || changed.tool === subject.tool;
  };
  await openGates({ ...ports, ...withCircuits(ports) }, { now, isOver }, isMeant);
};
