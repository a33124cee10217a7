import type { Placement } from './tool.ts';

/** What must be known to say whether a gate is open. `closure`: the gate itself says so. */
export type GateSubject =
  | { readonly kind: 'closure' }
  | { readonly kind: 'reach' | 'tool' | 'live'; readonly tool: string }
  | { readonly kind: 'version'; readonly tool: string; readonly version: string };

/** The hold of rows whose tool cannot be looked up: as soon as it can, they are asked what else they wait for. */
export const reachGate = (tool: string): string => `reach/${tool}`;
/** The hold of rows whose tool is paused. */
export const toolGate = (tool: string): string => `tool/${tool}`;
/** The hold of rows whose tool has no live version. */
export const liveGate = (tool: string): string => `live/${tool}`;
/** The hold of rows that ask for a version that cannot be launched. */
export const versionGate = (tool: string, version: string): string => `version/${tool}/${version}`;

/** The hold of rows whose placements are all closed: the one that is tried first. */
export const placementGate = (placement: Placement): string => `placement/${placement}`;
/** The hold of all rows while the deployment can launch nothing: no permission, no cluster, a wrong network. */
export const deploymentGate = 'deployment';

/** What a gate is about; undefined for one that this version of Davit does not know. */
export const subjectOf = (by: string): GateSubject | undefined => {
  const [kind, tool, version] = by.split('/');
  if (by === deploymentGate || (kind === 'placement' && tool)) return { kind: 'closure' };
  if (tool === undefined || tool === '') return undefined;
  if (kind === 'reach' || kind === 'tool' || kind === 'live') return { kind, tool };
  return kind === 'version' && version ? { kind, tool, version } : undefined;
};
