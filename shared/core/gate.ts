import type { Queued } from './task.ts';

/**
 * What rows wait for together, so that none of them is asked each minute. A row whose hold has no time of its own waits for
 * the gate of its hold: the gate is written before the row, and the sweep looks at gates and rings for their rows.
 */
export interface Gate {
  /** The hold's `by`. */
  readonly by: string;
  /** When a row was last held by it, roughly. */
  readonly touchedAt: number;
  /** The tenant after which the next rows are rung. */
  readonly afterTenant?: string;
}

/** What must be looked up to know whether a gate is open. */
export type GateSubject =
  | { readonly kind: 'reach' | 'tool' | 'live'; readonly tool: string }
  | { readonly kind: 'version'; readonly tool: string; readonly version: string };

/** Whether a row waits until its gate rings for it. */
export const waitsForGate = ({ hold, rungAt }: Pick<Queued, 'hold' | 'rungAt'>): boolean =>
  hold !== undefined && hold.opensAt === undefined && rungAt === undefined;

/** The hold of rows whose tool cannot be looked up: as soon as it can, they are asked what else they wait for. */
export const reachGate = (tool: string): string => `reach/${tool}`;
/** The hold of rows whose tool is paused. */
export const toolGate = (tool: string): string => `tool/${tool}`;
/** The hold of rows whose tool has no live version. */
export const liveGate = (tool: string): string => `live/${tool}`;
/** The hold of rows that ask for a version that cannot be launched. */
export const versionGate = (tool: string, version: string): string => `version/${tool}/${version}`;

/** What a gate is about; undefined for one that this version of Davit does not know. */
export const subjectOf = (by: string): GateSubject | undefined => {
  const [kind, tool, version] = by.split('/');
  if (tool === undefined || tool === '') return undefined;
  if (kind === 'reach' || kind === 'tool' || kind === 'live') return { kind, tool };
  return kind === 'version' && version ? { kind, tool, version } : undefined;
};
