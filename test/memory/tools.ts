import type { Release, ToolSpec } from '../../shared/core/tool.ts';
import type { Tools } from '../../shared/ports.ts';
import type { MemoryVersions } from './versions.ts';

/** A tool as SSM and the version items have it. A test may change it. */
export interface MemoryTool {
  readonly spec: ToolSpec;
  readonly live?: Release;
  readonly paused?: string;
  readonly allPaused?: string;
  readonly stageMaxRunning?: number;
}

/** Tools as a map. */
export interface MemoryTools extends Tools {
  readonly set: (tool: string, state: MemoryTool | undefined) => void;
  readonly register: (release: Release) => void;
  readonly break: (tool: string, version: string, why: string) => void;
  /** SSM cannot be reached until `reconnect`. */
  readonly disconnect: (why: string) => void;
  readonly reconnect: () => void;
}

/** Begins without tools. A live release is registered under its version as well. `records` also say what is broken. */
export const memoryTools = (records?: MemoryVersions): MemoryTools => {
  const tools = new Map<string, MemoryTool>();
  const releases = new Map<string, Release>();
  const broken = new Map<string, string>();
  let failure: string | undefined;
  // There is one for all tools.
  let stageMaxRunning: number | undefined;

  const keyOf = (tool: string, version: string): string => `${tool}/${version}`;
  const brokenOf = (tool: string, version: string): string | undefined =>
    broken.get(keyOf(tool, version)) ?? records?.at(tool, version)?.broken;
  const register = (release: Release): void =>
    void releases.set(keyOf(release.tool, release.version), release);

  return {
    set: (tool, state) => {
      if (state === undefined) return void tools.delete(tool);
      tools.set(tool, state);
      ({ stageMaxRunning } = state);
      if (state.live) register(state.live);
    },
    register,
    break: (tool, version, why) => void broken.set(keyOf(tool, version), why),
    disconnect: (why) => {
      failure = why;
    },
    reconnect: () => {
      failure = undefined;
    },
    find: async (tool) => {
      if (failure !== undefined) return { kind: 'unreadable', why: failure };
      const state = tools.get(tool);
      if (state === undefined)
        return {
          kind: 'unknown',
          ...(stageMaxRunning === undefined ? {} : { hasStageLimit: true }),
        };
      const why = state.live && brokenOf(tool, state.live.version);
      return { kind: 'known', ...state, ...(why === undefined ? {} : { broken: why }) };
    },
    version: async (tool, version) => {
      if (failure !== undefined) return { kind: 'unreadable', why: failure };
      const why = brokenOf(tool, version);
      if (why !== undefined) return { kind: 'broken', why };
      const release = releases.get(keyOf(tool, version));
      return release ? { kind: 'registered', release } : { kind: 'unregistered' };
    },
  };
};
