import type { RuntimeOrder, RuntimeReport } from '../../models/ecs/types.ts';

/** Where an agent finds images and writes what it has to. */
export type AgentSettings = {
  readonly imagesDir: string;
  readonly registry: string;
  readonly logsDir: string;
  readonly childrenDir: string;
  readonly scratchDir: string;
  readonly path: string;
};

/** What the stack says to its agent. */
export type ToAgent =
  | { readonly kind: 'open'; readonly settings: AgentSettings }
  | { readonly kind: 'order'; readonly order: RuntimeOrder }
  | { readonly kind: 'stop' };

/** What the agent says to the stack; `ready` once it has opened. */
export type FromAgent =
  | { readonly kind: 'ready' }
  | { readonly kind: 'report'; readonly report: RuntimeReport };
