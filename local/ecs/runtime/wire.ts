import type { RuntimeOrder, RuntimeReport } from '../../../models/ecs/types.ts';

/** Where an agent finds images and writes what it has to. */
export interface AgentSettings {
  readonly imagesDir: string;
  readonly registry: string;
  readonly logsDir: string;
  readonly childrenDir: string;
  readonly scratchDir: string;
  readonly path: string;
  /** The cgroup below which each run gets one of its own; absent where none can be made. */
  readonly cgroup?: string | undefined;
}

/** What the stack says to its agent. */
export type ToAgent =
  | { readonly kind: 'open'; readonly settings: AgentSettings }
  | { readonly kind: 'order'; readonly order: RuntimeOrder }
  | { readonly kind: 'stop' };

/** What the agent says to the stack; `ready` once it has opened. */
export type FromAgent =
  | { readonly kind: 'ready' }
  | { readonly kind: 'report'; readonly report: RuntimeReport };
