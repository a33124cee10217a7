import type { RuntimeOrder, RuntimeReport } from '../../../models/ecs/runtime.ts';
import type { EngineSettings } from './engine/engine-settings.ts';

/** Where an agent reads images, and where it writes. */
export interface AgentSettings {
  readonly imagesDir: string;
  readonly registry: string;
  readonly logsDir: string;
  readonly childrenDir: string;
  readonly scratchDir: string;
  readonly path: string;
  /** The cgroup below which each run gets its own; absent if none can be created. */
  readonly cgroup?: string | undefined;
  /** Absent when the containers are processes. */
  readonly engine?: EngineSettings | undefined;
}

/** A message of the stack to its agent. */
export type ToAgent =
  | { readonly kind: 'open'; readonly settings: AgentSettings }
  | { readonly kind: 'order'; readonly order: RuntimeOrder }
  | { readonly kind: 'stop' };

/** A message of the agent to the stack; `ready` when it has opened, `logged` when containers have written to their streams. */
export type FromAgent =
  | { readonly kind: 'ready' }
  | { readonly kind: 'logged'; readonly group: string; readonly streams: readonly string[] }
  | { readonly kind: 'report'; readonly report: RuntimeReport };
