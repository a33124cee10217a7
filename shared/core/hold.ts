import { clipped } from './outbox.ts';
import type { Hold, Queued } from './task.ts';
import type { Release, ToolState, VersionState } from './tool.ts';

/** What a queued row may do now: be launched as this release, or wait. */
export type LaunchDecision =
  | { readonly kind: 'launch'; readonly release: Release }
  | { readonly kind: 'hold'; readonly hold: Hold };

/** A source that cannot be reached, or that somebody will mend, is asked again after this. */
const awayMs = 30_000;
const mendedMs = 60_000;

/** Of a sentence that quotes what others wrote: a reason to pause, a version that is broken. A row has 400 KB. */
const longestWhy = 1_000;

/** Asks every hold of a tool again: pause, the version it keeps or asks for, the live one. `version` is what is known of an asked one. */
export const launchDecision = (
  task: Pick<Queued, 'tool' | 'release' | 'askedVersion'>,
  { tool, version }: { readonly tool: ToolState; readonly version?: VersionState },
  now: number,
): LaunchDecision => {
  const by = `tool/${task.tool}`;
  const hold = (why: string, ms: number, of = by): LaunchDecision => ({
    kind: 'hold',
    hold: { by: of, why: clipped(why, longestWhy), since: now, opensAt: now + ms },
  });
  if (tool.kind === 'away') return hold(`${task.tool} cannot be looked up (${tool.why})`, awayMs);
  if (tool.kind === 'unknown') return hold(`${task.tool} is not in SSM any more`, mendedMs);
  if (tool.paused !== undefined) return hold(`${task.tool} is paused: ${tool.paused}`, mendedMs);
  if (task.release) return { kind: 'launch', release: task.release };
  if (version === undefined) return liveDecision(task.tool, tool, hold);
  const asked = `version/${task.tool}/${task.askedVersion}`;
  switch (version.kind) {
    case 'registered':
      return { kind: 'launch', release: version.release };
    case 'unregistered':
      return hold(
        `${task.tool} ${task.askedVersion} is not registered: pin it once`,
        mendedMs,
        asked,
      );
    case 'broken':
      return hold(`${task.tool} ${task.askedVersion} is broken (${version.why})`, mendedMs, asked);
    case 'away':
      return hold(
        `${task.tool} ${task.askedVersion} cannot be looked up (${version.why})`,
        awayMs,
        asked,
      );
  }
};

/** What a row waits for that fits today's spec of its tool, and not the one that is still live. */
export const notYetLive = (
  tool: string,
  { release, misfit }: { readonly release: Release; readonly misfit: string },
  now: number,
): Hold => {
  const why = `the present spec of ${tool} is not live yet, and the message does not fit that of ${release.version} (${misfit})`;
  return { by: `tool/${tool}`, why: clipped(why, longestWhy), since: now, opensAt: now + mendedMs };
};

/** What a row waits for whose release names a task definition that is not its tool's: until its record is written again. */
export const foreignHold = (tool: string, why: string, now: number): Hold => ({
  by: `tool/${tool}`,
  why,
  since: now,
  opensAt: now + mendedMs,
});

const liveDecision = (
  name: string,
  tool: ToolState & { kind: 'known' },
  hold: (why: string, ms: number) => LaunchDecision,
): LaunchDecision => {
  if (tool.live) return { kind: 'launch', release: tool.live };
  const refused = tool.refusal ? ` (${tool.refusal.version} was refused: ${tool.refusal.why})` : '';
  return hold(`${name} has no live version${refused}`, mendedMs);
};
