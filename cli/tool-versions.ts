import type { PinnedTool } from '../shared/aws/pins.ts';
import type { VersionRecord } from '../shared/core/release.ts';
import type { Refusal } from '../shared/core/tool.ts';
import type { Listed } from '../shared/wire/listed.ts';

/** One version of a tool: whether tasks get it, what is known of it, and how many runs are on it now. */
export interface KnownVersion {
  readonly version: string;
  readonly isLive: boolean;
  readonly isPinned: boolean;
  readonly runsNow: number;
  readonly record?: VersionRecord;
  readonly refused?: string;
}

/** A tool and its versions: live and pinned first, then those that were pinned before, the latest first. */
export interface ToolVersions {
  readonly tool: string;
  readonly pinned?: string;
  readonly live?: string;
  readonly paused?: string;
  readonly refusal?: Refusal;
  readonly unreadable?: string;
  readonly versions: readonly KnownVersion[];
}

/** What is known beside the parameters. */
export interface Known {
  readonly history: readonly string[];
  readonly records: readonly VersionRecord[];
  /** Rows that have a container or are getting one, of every tool. */
  readonly current: readonly Listed[];
}

/** Every version of a tool that somebody pinned, that is live, or that something runs on. */
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
      ...(record ? { record } : {}),
      ...(refusal?.version === version ? { refused: refusal.why } : {}),
    };
  };

  return {
    tool,
    ...(pinned ? { pinned } : {}),
    ...(liveVersion ? { live: liveVersion } : {}),
    ...(paused ? { paused } : {}),
    ...(refusal ? { refusal } : {}),
    ...(unreadable ? { unreadable } : {}),
    versions: [...names].filter((name) => name !== undefined).map(versionOf),
  };
};

/** The refusal of the pin that stands: one that was removed or replaced has none any more, also before release has looked. */
const refusalOf = ({ pinned, live }: PinnedTool): Refusal | undefined =>
  pinned && live && live.pinVersion >= pinned.pinVersion && live.changedAt >= pinned.at
    ? live.refusal
    : undefined;
