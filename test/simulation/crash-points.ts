import type { CrashPoint, FlowName } from './happening.ts';
import type { HappeningOf, World } from './world.ts';

/** An environment whose invocation a crash may end. */
interface Crashable {
  readonly name: string;
  readonly flow: FlowName;
  /** Ends or freezes the invocation that runs. */
  readonly onCrash: (how: 'halt' | 'freeze') => void;
  /** Does this at once, or when the process is used again, or never when it has ended. */
  readonly wake: (what: () => void) => void;
}

/** Puts the planned crashes around the calls of ports. */
export interface CrashPoints {
  readonly guard: <Port extends object>(
    name: string,
    port: Port,
    environmentOf: () => Crashable,
  ) => Port;
  /** Whether every call in this process throws. */
  readonly isBroken: (environment: Crashable) => boolean;
}

/** What a call throws in a process that is coming to its end. */
class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * Counts the calls of each flow, and lets a process end where the plan says so: before a call, so that nothing of it happens, or after
 * it, so that its answer is never read.
 */
export const crashPointsOf = (world: World): CrashPoints => {
  const planned = world.plan.happenings
    .filter((one): one is HappeningOf<'crash'> => one.kind === 'crash')
    .map(({ at, point }) => ({ at, point, calls: 0 }));
  /** Processes in which every call throws. */
  const broken = new WeakSet<Crashable>();

  /**
   * Counts this call, or its answer, for every crash that is planned for this moment, and answers the one whose turn it is. What has not
   * come when the world is calm never comes.
   */
  const hitOf = (
    flow: FlowName,
    call: string,
    moment: CrashPoint['moment'],
  ): CrashPoint | undefined => {
    const now = world.timeline.now();
    if (world.isCalm()) return undefined;
    const counted = planned.filter(
      ({ at, point }) =>
        at <= now &&
        point.flow === flow &&
        point.moment === moment &&
        (point.call ?? call) === call,
    );
    for (const one of counted) one.calls += 1;
    return counted.find(({ calls, point }) => calls === point.nth)?.point;
  };

  const crash = (
    environment: Crashable,
    call: string,
    { moment, how }: CrashPoint,
  ): Promise<void> => {
    const { flow, name } = environment;
    world.note(() => `${name} ends (${how}) ${moment} ${call}`);
    world.count(`crash ${flow} ${call} ${moment}`);
    if (how === 'throw') {
      broken.add(environment);
      throw new Crash(`${name} crashed ${moment} ${call}`);
    }
    environment.onCrash(how);
    // A frozen process goes on from here when Lambda uses it again, perhaps hours later.
    return new Promise((resolve) => environment.wake(resolve));
  };

  return {
    isBroken: (environment) => broken.has(environment),
    guard: (portName, port, environmentOf) => {
      const guarded = async (name: string, call: () => unknown): Promise<unknown> => {
        const environment = environmentOf();
        const { flow } = environment;
        const called = `${portName}.${name}`;
        if (broken.has(environment)) throw new Crash(`${environment.name} crashed earlier`);
        world.count(`call ${flow} ${called}`);
        const before = hitOf(flow, called, 'before');
        if (before) await crash(environment, called, before);
        const answer = await call();
        // A call that throws has no answer that could be lost.
        const after = hitOf(flow, called, 'after');
        if (after) await crash(environment, called, after);
        return answer;
      };
      return new Proxy(port, {
        get: (target, key, receiver) => {
          const member: unknown = Reflect.get(target, key, receiver);
          // A function without a promise, such as a digest, is no call.
          if (typeof member !== 'function' || key === 'definitionDigest') return member;
          return (...given: unknown[]) =>
            guarded(String(key), () => Reflect.apply(member, target, given));
        },
      });
    },
  };
};
