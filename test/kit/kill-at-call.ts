import type { Faults, SeenCall, SeenInvocation } from '../../local/stack.ts';
import { openTap } from './amqp-tap.ts';
import { ownerOfPort } from './owner-of-port.ts';

/** Where a function's process dies: in the next invocation with such a payload, at its outgoing call number `at`. */
export interface Strike {
  readonly functionName: string;
  /** The invocation by its event, as JSON text. */
  readonly isIt: (payload: string) => boolean;
  readonly at: number;
  /** Which calls are counted, by `service action`. */
  readonly counts: (call: string) => boolean;
  /** `before`: the call is never carried out. `after`: that many calls were carried out, and this answer never arrives. */
  readonly phase: 'before' | 'after';
}

/** How that invocation ended. */
export interface Struck {
  /** False when it came to its end with fewer calls. */
  readonly isKilled: boolean;
  /** Its calls that were counted until then, in order. */
  readonly calls: readonly string[];
}

/**
 * Kills processes of functions with SIGKILL at their outgoing calls: every call of AWS, and every publish and queue.declare at
 * the broker. Not counted: what opens connections and channels, and what a process sends when it is not in that invocation.
 */
export interface Killer {
  /** For the stack. */
  readonly faults: Required<Pick<Faults, 'onCall' | 'onInvocation' | 'brokerUrl'>>;
  /** Waits for an invocation that fits, and resolves when it has ended. One strike at a time for each function. */
  readonly strike: (strike: Strike) => Promise<Struck>;
  readonly close: () => Promise<void>;
}

interface Aim extends Strike {
  pid?: number | undefined;
  isKilled: boolean;
  readonly calls: string[];
  readonly done: (struck: Struck) => void;
  readonly seen: { before: number; after: number };
}

type Call = Pick<SeenCall, 'service' | 'action' | 'phase'> & { readonly pid: number | undefined };

/** A killer that does nothing until its first strike. */
export const openKiller = async (): Promise<Killer> => {
  const pids = new Set<number>();
  const aims = new Map<string, Aim>();

  const onCall = ({ pid, service, action, phase }: Call): 'killCaller' | undefined => {
    const aim = [...aims.values()].find((one) => pid !== undefined && one.pid === pid);
    if (aim === undefined || aim.isKilled) return undefined;
    const call = `${service} ${action}`;
    if (!aim.counts(call)) return undefined;
    aim.seen[phase] += 1;
    if (phase === 'before') aim.calls.push(call);
    if (phase !== aim.phase || aim.seen[phase] !== aim.at) return undefined;
    aim.isKilled = true;
    return 'killCaller';
  };

  const onInvocation = ({ functionName, pid, phase, payload }: SeenInvocation): void => {
    if (pid !== undefined) pids.add(pid);
    const aim = aims.get(functionName);
    if (aim === undefined) return;
    if (phase === 'start') {
      if (aim.pid === undefined && aim.isIt(payload)) aim.pid = pid;
    } else if (aim.pid === pid) {
      aims.delete(functionName);
      aim.done({ isKilled: aim.isKilled, calls: aim.calls });
    }
  };

  const tap = await openTap(({ clientPort, action, phase }) => {
    if (aims.size === 0) return undefined;
    const pid = ownerOfPort(clientPort, [...pids]);
    if (onCall({ pid, service: 'amqp', action, phase }) === undefined) return undefined;
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    return 'cut';
  });

  return {
    faults: { onCall, onInvocation, brokerUrl: tap.addressFor },
    strike: (strike) =>
      new Promise((done, reject) => {
        const { functionName } = strike;
        if (aims.has(functionName)) reject(new Error(`${functionName} has a strike already.`));
        const seen = { before: 0, after: 0 };
        aims.set(functionName, { ...strike, isKilled: false, calls: [], done, seen });
      }),
    close: tap.close,
  };
};

/** How to cause one invocation of a function that does its whole work, and how to know it. */
export interface Act {
  readonly isIt: Strike['isIt'];
  readonly cause: () => Promise<unknown>;
  /** What a person would do after the kill; absent, nothing. */
  readonly after?: () => Promise<unknown>;
}

/** The invocations of one function in which it is killed. */
export interface Series {
  readonly functionName: string;
  /** `name` is another one each time. */
  readonly act: (name: string) => Act;
  /** Whether these are the calls of the whole work: another invocation may have done it first. */
  readonly isWhole: (calls: readonly string[]) => boolean;
  /** Which calls are counted; absent, all. */
  readonly counts?: (call: string) => boolean;
}

/** A function that makes more calls than this, or whose work is always done by others, is a fault of the test. */
const mostTries = 80;

/**
 * Kills at call 1, 2, 3 … until an invocation does the whole work with fewer calls, first before and then after the call.
 * Answers how many calls that were, for each phase.
 */
export const strikeAtEach = async (
  killer: Killer,
  { functionName, act, isWhole, counts = () => true }: Series,
): Promise<readonly number[]> => {
  const ends: number[] = [];
  for (const phase of ['before', 'after'] as const) {
    let at = 1;
    let last: readonly string[] = [];
    for (let tries = 1; ; tries += 1) {
      if (tries > mostTries)
        throw new Error(
          `${functionName} was not killed at call ${at} in ${mostTries} tries, and did not do its whole work. The last calls: ${last.join(', ')}.`,
        );
      const { isIt, cause, after } = act(`${phase}-${tries}`);
      const struck = killer.strike({ functionName, isIt, at, phase, counts });
      await cause();
      const { isKilled, calls } = await struck;
      await after?.();
      last = calls;
      if (isKilled) at += 1;
      else if (isWhole(calls)) break;
    }
    ends.push(at - 1);
  }
  return ends;
};
