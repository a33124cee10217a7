import type { PinnedTool } from '../shared/aws/pins.ts';
import { present } from '../shared/core/present.ts';
import type { VersionRecord } from '../shared/core/release.ts';
import type { Refusal } from '../shared/core/tool.ts';
import type { Listed } from '../shared/wire/listed.ts';

/** One version of a tool: whether it is live or pinned, its record, and how many runs use it now. */
export interface KnownVersion {
  readonly version: string;
  readonly isLive: boolean;
  readonly isPinned: boolean;
  readonly runsNow: number;
  readonly record?: VersionRecord;
  readonly refused?: string;
}

/** A tool and its versions: the live and the pinned one first, then those that were pinned earlier, the latest first. */
export interface ToolVersions {
  readonly tool: string;
  readonly pinned?: string;
  readonly live?: string;
  readonly paused?: string;
  readonly refusal?: Refusal;
  readonly unreadable?: string;
  readonly versions: readonly KnownVersion[];
}

/** What the CLI knows about the tools besides their parameters. */
export interface Known {
  readonly history: readonly string[];
  readonly records: readonly VersionRecord[];
  /** The rows of all tools that have a container or will get one now. */
  readonly current: readonly Listed[];
}

/** Every version of a tool that was pinned, is live, or is used by a run. */
export const toolVersionsOf = (pinnedTool: PinnedTool, known: Known): ToolVersions => {
  const { tool, paused, live, unreadable } = pinnedTool;
  const liveVersion = live?.release?.version;
  const pinned = pinnedTool.pinned?.version;
  const refusal = refusalOf(pinnedTool);
  const running = known.current.filter((row) => row.tool === tool);
  const names = new Set([
    liveVersion,
    pinned,
    ...known.history,
    ...running.map((row) => row.version),
  ]);

  const versionOf = (version: string): KnownVersion => {
    const record = known.records.find((one) => one.tool === tool && one.version === version);
    return {
      version,
      isLive: version === liveVersion,
      isPinned: version === pinned,
      runsNow: running.filter((row) => row.version === version).length,
      ...present({
        record,
        refused: refusal?.version === version && !refusal.isBroken ? refusal.why : undefined,
      }),
    };
  };

  return {
    tool,
    ...present({
      pinned: pinned || undefined,
      live: liveVersion || undefined,
      paused: paused || undefined,
      refusal,
      unreadable: unreadable || undefined,
    }),
    versions: [...names].filter((name) => name !== undefined).map(versionOf),
  };
};

/** The refusal of the current pin. A pin that was removed or replaced shows none, even before release has seen the change. */
const refusalOf = ({ pinned, live }: PinnedTool): Refusal | undefined =>
  pinned && live && live.pinVersion >= pinned.pinVersion && live.changedAt >= pinned.at
    ? live.refusal
    : undefined;
