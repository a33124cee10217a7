import { randomInt } from 'node:crypto';
import type { Availability } from '../../models/ecs/availability.ts';
import type { EcsAction, EcsAnswer } from '../../models/ecs/call.ts';
import type { EcsTaskDefinition } from '../../models/ecs/definition.ts';
import { livingTasks, nextTickAt } from '../../models/ecs/ecs.ts';
import { withoutPast } from '../../models/ecs/expiry.ts';
import { definitionOf } from '../../models/ecs/names.ts';
import type { EcsOptions } from '../../models/ecs/options.ts';
import { stopping } from '../endpoint/errors.ts';
import type { BusEvent } from '../events/router.ts';
import { type Journal, openJournal } from '../machine/journal.ts';
import { type Cause, reactionTo, stateIn } from './causes.ts';
import type { ContainerRuntime, RuntimeFactory } from './runtime/runtime.ts';

/** The tasks, definitions and capacity of ECS on this machine. */
export interface EcsEngine {
  /** Applies a call to the model. Its answer is undefined only for an action that the model does not have. */
  readonly call: (action: EcsAction, input: unknown) => EcsAnswer | undefined;
  /** Takes a task's Spot host back, with its warning. */
  readonly reclaim: (taskArn: string) => void;
  /** Opens or closes a capacity provider, `FARGATE` or `FARGATE_SPOT`. */
  readonly setAvailability: (provider: string, availability: Availability) => void;
  /** The task definition that RunTask would take for a name or an ARN. */
  readonly definition: (given: string) => EcsTaskDefinition | undefined;
  readonly stop: () => Promise<void>;
}

/** After so many causes the journal is replaced by the state, so that a start does not have to replay many. */
const causesPerJournal = 5000;

/**
 * Opens the engine: the model with the real clock, a runtime that carries out its orders, and a journal that holds each cause
 * before its answer is sent. Containers that were alive when the last process ended are reported as lost hosts.
 */
export const openEcsEngine = (parts: {
  /** The file of the journal. */
  readonly path: string;
  readonly options: Partial<EcsOptions>;
  readonly runtime: RuntimeFactory;
  readonly emit: (event: BusEvent) => void;
  readonly log: (line: string) => void;
}): EcsEngine => {
  let state = stateIn(parts.path, parts.options);
  const openShort = (): Journal => openJournal(parts.path, [{ state: withoutPast(state) }]);
  let journal = openShort();
  let causes = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  /** The old journal already holds every cause, so it can stay if it cannot be replaced. It only grows longer. */
  const shortenJournal = (): void => {
    causes = 0;
    try {
      const next = openShort();
      journal.close();
      journal = next;
    } catch (cause) {
      parts.log(`${parts.path} is not shortened: ${cause}`);
    }
  };

  const scheduleTick = (): void => {
    clearTimeout(timer);
    const at = nextTickAt(state);
    if (at === undefined || stopped) return;
    timer = setTimeout(
      () => apply({ kind: 'tick' }),
      Math.min(Math.max(0, at - Date.now()), 3_600_000),
    );
  };

  const apply = (cause: Cause): EcsAnswer | undefined => {
    // An answer must be in the journal, which is being closed.
    if (stopped) throw stopping();
    const entry = { at: Date.now(), seed: randomInt(2 ** 32), cause };
    const reaction = reactionTo(state, entry);
    if (reaction.state !== state) {
      journal.append(entry);
      causes += 1;
    }
    state = reaction.state;
    for (const event of reaction.events) parts.emit({ ...event });
    // In a later turn: a runtime reports at once if it cannot start a container, and the model takes one cause at a time.
    for (const order of reaction.orders) setImmediate(() => runtime.carryOut(order));
    scheduleTick();
    if (causes >= causesPerJournal) shortenJournal();
    return reaction.answer;
  };

  const runtime: ContainerRuntime = parts.runtime((report) => {
    if (!stopped) apply({ kind: 'report', report });
  });

  const lost = livingTasks(state);
  for (const { arn } of lost) {
    apply({
      kind: 'report',
      report: { kind: 'hostLost', taskArn: arn, reason: 'Host terminated: the local stack ended.' },
    });
  }
  if (lost.length > 0) parts.log(`containers were lost with the last local stack: ${lost.length}`);
  scheduleTick();

  return {
    call: (action, input) => apply({ kind: 'call', action, input }),
    definition: (given) => definitionOf(state, given),
    reclaim: (taskArn) => void apply({ kind: 'reclaim', taskArn }),
    setAvailability: (provider, is) => void apply({ kind: 'availability', provider, is }),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      try {
        await runtime.stop();
        shortenJournal();
      } finally {
        journal.close();
      }
    },
  };
};
