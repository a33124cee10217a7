import { clipped } from './clipped.ts';
import type { Hold, Queued } from './task.ts';
import type { Release, ToolState, VersionState } from './tool.ts';

/** What happens to a queued row now: it is launched as this release, or it is held. */
export type LaunchDecision =
  | { readonly kind: 'launch'; readonly release: Release }
  | { readonly kind: 'hold'; readonly hold: Hold };

/** When a source that could not be reached is asked again. */
const unreachableMs = 30_000;
/** When it is checked again whether an operator or `release` has changed something. */
const changedMs = 60_000;

/** Characters of a reason that quotes what others wrote: why a tool is paused, why a version is broken. A row has 400 KB. */
const longestWhy = 1_000;

/**
 * Whether a queued row can be launched: by the tool's pause, the version that the task keeps or asks for, and the live
 * version. `version` is the state of the version that the task asks for.
 */
export const holdOrRelease = (
  task: Pick<Queued, 'tool' | 'release' | 'askedVersion'>,
  { tool, version }: { readonly tool: ToolState; readonly version?: VersionState },
  now: number,
): LaunchDecision => {
  const by = `tool/${task.tool}`;
  const hold = (why: string, ms: number, of = by): LaunchDecision => ({
    kind: 'hold',
    hold: { by: of, why: clipped(why, longestWhy), since: now, opensAt: now + ms },
  });
  if (tool.kind === 'unreadable')
    return hold(`${task.tool} cannot be looked up (${tool.why})`, unreachableMs);
  if (tool.kind === 'unknown') return hold(`${task.tool} is no longer in SSM`, changedMs);
  if (tool.paused !== undefined) return hold(`${task.tool} is paused: ${tool.paused}`, changedMs);
  if (task.release) return { kind: 'launch', release: task.release };
  if (version === undefined) return liveDecision(task.tool, tool, hold);
  const asked = `version/${task.tool}/${task.askedVersion}`;
  switch (version.kind) {
    case 'registered':
      return { kind: 'launch', release: version.release };
    case 'unregistered':
      return hold(
        `${task.tool} ${task.askedVersion} is not registered: pin it once`,
        changedMs,
        asked,
      );
    case 'broken':
      return hold(`${task.tool} ${task.askedVersion} is broken (${version.why})`, changedMs, asked);
    case 'unreadable':
      return hold(
        `${task.tool} ${task.askedVersion} cannot be looked up (${version.why})`,
        unreachableMs,
        asked,
      );
  }
};

/** The hold of a row whose message fits the newest spec of its tool, but not the spec that is still live. */
export const notYetLive = (
  tool: string,
  { release, misfit }: { readonly release: Release; readonly misfit: string },
  now: number,
): Hold => {
  const why = `the newest spec of ${tool} is not live yet, and the message does not fit the spec of ${release.version} (${misfit})`;
  return {
    by: `tool/${tool}`,
    why: clipped(why, longestWhy),
    since: now,
    opensAt: now + changedMs,
  };
};

/** The hold of a row whose release names a task definition of another tool, until `release` writes the record again. */
export const foreignHold = (tool: string, why: string, now: number): Hold => ({
  by: `tool/${tool}`,
  why,
  since: now,
  opensAt: now + changedMs,
});

const liveDecision = (
  name: string,
  tool: ToolState & { kind: 'known' },
  hold: (why: string, ms: number, of?: string) => LaunchDecision,
): LaunchDecision => {
  if (tool.live && tool.broken !== undefined) {
    const { version } = tool.live;
    return hold(
      `${name} ${version} is broken (${tool.broken})`,
      changedMs,
      `version/${name}/${version}`,
    );
  }
  if (tool.live) return { kind: 'launch', release: tool.live };
  const refused = tool.refusal ? ` (${tool.refusal.version} was refused: ${tool.refusal.why})` : '';
  return hold(`${name} has no live version${refused}`, changedMs);
};
