import type { Placement } from './tool.ts';

/** What must be known to say whether a gate is open. `closure`: one of these gates is open. */
export type GateSubject =
  | { readonly kind: 'closure'; readonly gates: readonly string[] }
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

/** What is known of a placement: whether it is closed, and why. */
export const placementGate = (placement: Placement): string => `placement/${placement}`;
/** The hold of rows whose placements are all closed. It opens as soon as one of them does. */
export const placementsGate = (placements: readonly Placement[]): string =>
  `placement/${[...new Set(placements)].sort().join('+')}`;
/** The hold of all rows while the deployment can launch nothing: no permission, no cluster, a wrong network. */
export const deploymentGate = 'deployment';

/** What a gate is about; undefined for one that this version of Davit does not know. */
export const subjectOf = (by: string): GateSubject | undefined => {
  const [kind, tool, version] = by.split('/');
  if (by === deploymentGate) return { kind: 'closure', gates: [by] };
  if (kind === 'placement' && tool)
    return { kind: 'closure', gates: tool.split('+').map((one) => `placement/${one}`) };
  if (tool === undefined || tool === '') return undefined;
  if (kind === 'reach' || kind === 'tool' || kind === 'live') return { kind, tool };
  return kind === 'version' && version ? { kind, tool, version } : undefined;
};
