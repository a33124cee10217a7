import { clipped } from './clipped.ts';
import { liveGate, reachGate, toolGate, versionGate } from './gate-names.ts';
import type { HoldCause } from './hold-cause.ts';
import type { Queued } from './task.ts';
import type { Hold } from './task-parts.ts';
import type { Refusal, Release, ToolState, VersionState } from './tool.ts';

/** What happens to a queued row now: it is launched as this release, or it is held. */
export type LaunchDecision =
  | { readonly kind: 'launch'; readonly release: Release }
  | { readonly kind: 'hold'; readonly hold: Hold };

/** The live release, what does not fit its spec, and why the last pin is not live. */
interface NotLive {
  readonly release: Release;
  readonly misfit: string;
  readonly refusal?: Refusal;
}

/**
 * When a row is asked again whose message fits the newest spec: `release` makes that live within minutes. Also after a fall-back:
 * the next pin may be on its way already, and the record still tells of the broken version.
 */
const soonLiveMs = 60_000;
/** When a row is asked again whose version could not be read. */
const unreadMs = 30_000;
/** When a row that waits for a thing of its own is asked again: no gate tells when that changes. */
const repairedMs = 5 * 60_000;

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
  const hold = (by: string, cause: HoldCause, why: string): LaunchDecision => ({
    kind: 'hold',
    hold: { by, cause, why: clipped(why, longestWhy), since: now },
  });
  if (tool.kind === 'unreadable')
    return hold(
      reachGate(task.tool),
      'notReachable',
      `${task.tool} cannot be looked up (${tool.why})`,
    );
  if (tool.kind === 'unknown') return { kind: 'hold', hold: goneHold(task.tool, now) };
  if (tool.allPaused !== undefined)
    return hold(toolGate(task.tool), 'paused', `every tool is paused: ${tool.allPaused}`);
  if (tool.paused !== undefined)
    return hold(toolGate(task.tool), 'paused', `${task.tool} is paused: ${tool.paused}`);
  if (task.release) return { kind: 'launch', release: task.release };
  if (version === undefined) return liveDecision(task.tool, tool, hold);
  const asked = (cause: HoldCause, why: string) =>
    hold(
      versionGate(task.tool, task.askedVersion ?? ''),
      cause,
      `${task.tool} ${task.askedVersion} ${why}`,
    );
  switch (version.kind) {
    case 'registered':
      return { kind: 'launch', release: version.release };
    case 'unregistered':
      return asked('versionNotRegistered', 'is not registered: pin it once');
    case 'broken':
      return asked('versionBroken', `is broken (${version.why})`);
    case 'unreadable':
      return { kind: 'hold', hold: unreadHold(task, version.why, now) };
  }
};

/**
 * The hold of a row whose message fits the newest spec of its tool, but not the spec that is live: `release` has not made the
 * newest one live yet, or its version is broken and an earlier one is live again.
 */
export const notYetLive = (
  tool: string,
  { release, misfit, refusal }: NotLive,
  now: number,
): Hold => {
  const ofLive = `the message does not fit the spec of ${release.version} (${misfit})`;
  const hold = (cause: HoldCause, why: string): Hold => ({
    by: toolGate(tool),
    cause,
    why: clipped(why, longestWhy),
    since: now,
    opensAt: now + soonLiveMs,
  });
  if (refusal?.isBroken === undefined) {
    const why = `the newest spec of ${tool} is not live yet, and ${ofLive}`;
    return hold('specNotLive', why);
  }
  const { version } = refusal;
  const why = `${tool} ${version} is broken, so ${release.version} is live again, and ${ofLive}; ${version}: ${refusal.why}`;
  return hold('versionBroken', why);
};

/** The hold of a row whose release names a task definition of another tool, until `release` writes the record again. */
export const foreignHold = (tool: string, why: string, now: number): Hold => ({
  by: toolGate(tool),
  cause: 'foreignDefinition',
  why,
  since: now,
  opensAt: now + repairedMs,
});

// Its version is in the table, as the row is: the next try finds both, or neither.
const unreadHold = (
  { tool, askedVersion }: Pick<Queued, 'tool' | 'askedVersion'>,
  why: string,
  now: number,
): Hold => ({
  by: versionGate(tool, askedVersion ?? ''),
  cause: 'notReachable',
  why: clipped(`${tool} ${askedVersion} cannot be looked up (${why})`, longestWhy),
  since: now,
  opensAt: now + unreadMs,
});

// Only tasks that were launched before wait for a tool to come back: their gate rings for the others, which are rejected.
const goneHold = (tool: string, now: number): Hold => ({
  by: toolGate(tool),
  cause: 'toolRemoved',
  why: `${tool} is no longer in SSM`,
  since: now,
  opensAt: now + repairedMs,
});

const liveDecision = (
  name: string,
  tool: ToolState & { kind: 'known' },
  hold: (by: string, cause: HoldCause, why: string) => LaunchDecision,
): LaunchDecision => {
  if (tool.live && tool.broken !== undefined) {
    const { version } = tool.live;
    return hold(liveGate(name), 'versionBroken', `${name} ${version} is broken (${tool.broken})`);
  }
  if (tool.live) return { kind: 'launch', release: tool.live };
  const refused = tool.refusal ? ` (${tool.refusal.version} was refused: ${tool.refusal.why})` : '';
  return hold(liveGate(name), 'noLiveVersion', `${name} has no live version${refused}`);
};
