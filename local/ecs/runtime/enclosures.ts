import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '../../endpoint/input.ts';
import { readJson, writeWhole } from '../../machine/files.ts';
import { isGroupOfOurs, killGroup, moveInto, newGroupIn, pidsIn, removeGroup } from './cgroups.ts';
import { endMarked, markName } from './marks.ts';

/** What keeps together all that a run starts, so that it ends with the run (docs/decisions/0009). */
export interface Enclosure {
  /** Belongs into the run's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is started here is in it from its first instruction. `start` must not wait. */
  readonly within: <T>(start: () => T) => T;
  /** Ends all that lives in it; `leader` is the run's first process, where it ever lived. */
  readonly end: (leader?: number) => Promise<void>;
}

/** The enclosures of an agent's runs. */
export interface Enclosures {
  readonly open: (run: string) => Enclosure;
  /** Ends all of them. */
  readonly close: () => void;
}

/** Where a folder of children notes the enclosures that may hold some more. */
export const enclosuresFile = 'enclosures.json';

/**
 * Enclosures in groups below the agent's own cgroup where it may make them, else by a mark in the environment. They are noted in
 * the folder before the first is used, so that `endEnclosed` can end what a killed agent left.
 */
export const openEnclosures = (dir: string, cgroup: string | undefined): Enclosures => {
  const mark = randomBytes(16).toString('hex');
  const group = cgroup === undefined ? undefined : newGroupIn(cgroup);
  const left = groupsOf(readJson(recordIn(dir))).filter((one) => existsSync(one));
  writeWhole(recordIn(dir), JSON.stringify({ mark, group, left }));
  return {
    open: (run) => {
      const own = `${mark}/${run}/`;
      const environment = { [markName]: own };
      if (cgroup === undefined || group === undefined) {
        return {
          environment,
          within: (start) => start(),
          end: async (leader) => void endMarked({ mark: own, session: leader }),
        };
      }
      const place = join(group, run);
      return {
        environment,
        within: (start) => startWithin({ place, home: cgroup }, start),
        end: () => endGroup(place),
      };
    },
    close: () => {
      // By what we know: the folder may have been removed before us.
      endNoted({ mark, group });
      keepLeft(dir, groupsOf({ group, left }));
    },
  };
};

/** Ends what an agent's runs left behind, if the folder notes any, and answers which processes these were. */
export const endEnclosed = (dir: string): readonly number[] => {
  const noted = readJson(recordIn(dir));
  if (!isObject(noted)) return [];
  const ended = endNoted(noted);
  keepLeft(dir, groupsOf(noted));
  return ended;
};

/** The sentence that must be said at a stack's start where enclosures do not hold everything, or undefined where they do. */
export const whatEscapes = (cgroup: string | undefined, platform: string): string | undefined => {
  if (cgroup !== undefined) return undefined;
  const containers = 'run tools that you do not trust in containers, on ECS';
  return platform === 'linux'
    ? `no cgroup can be made here (version 2, writable by this user), so what a tool starts with an emptied environment, or what hides it (PR_SET_DUMPABLE 0, as ssh-agent), may outlive its task: ${containers}`
    : `this system does not show what a tool has started, so a program that it starts in a session of its own outlives its task: ${containers}`;
};

/** The groups of a record: its agent's own, and those of earlier ones that had not ended. */
const groupsOf = (noted: unknown): readonly string[] => {
  if (!isObject(noted)) return [];
  const groups: readonly unknown[] = [
    noted.group,
    ...(Array.isArray(noted.left) ? noted.left : []),
  ];
  return groups.filter((one): one is string => typeof one === 'string' && isGroupOfOurs(one));
};

const recordIn = (dir: string): string => join(dir, enclosuresFile);

/**
 * A child is born where its parent is, so we go there for the moment of the start: no shell stands before the program, and what
 * `execve` answers stays its answer. Starting a process is one call that does not wait, so nothing else is started meanwhile.
 */
const startWithin = <T>(
  { place, home }: { readonly place: string; readonly home: string },
  start: () => T,
): T => {
  try {
    mkdirSync(place, { recursive: true });
    moveInto(place);
  } catch (cause) {
    // Without its code: that of `execve` would mean the image.
    throw new Error(`the run must have a cgroup, but: ${String(cause)}`, { cause });
  }
  try {
    return start();
  } finally {
    moveInto(home);
  }
};

/** SIGKILL has been sent: what has not ended by then waits for a device, and nothing can end it. */
const endMs = 5_000;

const endGroup = async (group: string): Promise<void> => {
  const until = performance.now() + endMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(50, pauseMs * 2)) {
    killGroup(group);
    if (removeGroup(group) || performance.now() > until) return;
    await sleep(pauseMs);
  }
};

const endNoted = (noted: Readonly<Record<string, unknown>>): readonly number[] => {
  const { mark, group } = noted;
  const ended = endGroupsNow(groupsOf(noted));
  const isMarked = groupsOf({ group }).length === 0 && typeof mark === 'string' && mark !== '';
  return isMarked ? [...ended, ...endMarked({ mark: `${mark}/` })] : ended;
};

/** The same for a program that must not go on before it is done. */
const endGroupsNow = (groups: readonly string[]): readonly number[] => {
  const found = groups.flatMap(pidsIn);
  const until = performance.now() + endMs;
  for (;;) {
    for (const group of groups) killGroup(group);
    if (groups.map(removeGroup).every(Boolean) || performance.now() > until) return found;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  }
};

/** What has not ended stays noted, so that the next start ends it. */
const keepLeft = (dir: string, groups: readonly string[]): void => {
  const left = groups.filter((one) => existsSync(one));
  if (left.length === 0) rmSync(recordIn(dir), { force: true });
  else if (existsSync(dir)) writeWhole(recordIn(dir), JSON.stringify({ left }));
};
