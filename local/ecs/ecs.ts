import { randomInt } from 'node:crypto';
import type { EcsTaskDefinition } from '../../models/ecs/definition.ts';
import { livingTasks, nextTickAt } from '../../models/ecs/ecs.ts';
import { withoutPast } from '../../models/ecs/expiry.ts';
import { definitionOf } from '../../models/ecs/names.ts';
import type { Availability, EcsAction, EcsAnswer, EcsOptions } from '../../models/ecs/types.ts';
import type { JsonService } from '../endpoint/call.ts';
import { AwsError, stopping } from '../endpoint/errors.ts';
import type { BusEvent } from '../events/bus.ts';
import { type Journal, openJournal } from '../machine/journal.ts';
import { type Cause, remembered, told } from './causes.ts';
import type { ContainerRuntime, RuntimeFactory } from './runtime/runtime.ts';

/** ECS on this machine. */
export interface Ecs {
  readonly service: JsonService;
  /** Takes a task's Spot host back, with its warning. */
  readonly reclaim: (taskArn: string) => void;
  /** Opens or closes a capacity provider, `FARGATE` or `FARGATE_SPOT`. */
  readonly setAvailability: (provider: string, availability: Availability) => void;
  /** The task definition that RunTask would take for a name or an ARN. */
  readonly definition: (given: string) => EcsTaskDefinition | undefined;
  readonly stop: () => Promise<void>;
}

const actions: readonly EcsAction[] = [
  'RegisterTaskDefinition',
  'DeregisterTaskDefinition',
  'DescribeTaskDefinition',
  'RunTask',
  'StopTask',
  'DescribeTasks',
  'ListTasks',
  'DescribeClusters',
  'ListClusters',
  'ListContainerInstances',
  'ListServices',
  'ListTaskDefinitionFamilies',
  'ListTaskDefinitions',
];

/** After so many causes the journal begins again with the state, so that no start has to tell much. */
const causesPerJournal = 5000;

/**
 * Opens ECS: the model with the real clock, a runtime for its orders, and a journal that holds each cause before
 * its answer leaves. Containers that lived when the last process ended are reported as lost hosts.
 */
export const openEcs = (parts: {
  readonly journal: string;
  readonly options: Partial<EcsOptions>;
  readonly runtime: RuntimeFactory;
  readonly emit: (event: BusEvent) => void;
  readonly log: (line: string) => void;
}): Ecs => {
  let state = remembered(parts.journal, parts.options);
  const openAnew = (): Journal => openJournal(parts.journal, [{ state: withoutPast(state) }]);
  let journal = openAnew();
  let causes = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  /** What was told is in the journal already: where that cannot begin again, it only grows longer. */
  const beginAnew = (): void => {
    causes = 0;
    try {
      const next = openAnew();
      journal.close();
      journal = next;
    } catch (cause) {
      parts.log(`${parts.journal} is not shortened: ${cause}`);
    }
  };

  const wake = (): void => {
    clearTimeout(timer);
    const at = nextTickAt(state);
    if (at === undefined || stopped) return;
    timer = setTimeout(
      () => tell({ kind: 'tick' }),
      Math.min(Math.max(0, at - Date.now()), 3_600_000),
    );
  };

  const tell = (cause: Cause): EcsAnswer | undefined => {
    // What is answered must be in the journal, and that is being closed.
    if (stopped) throw stopping();
    const entry = { at: Date.now(), seed: randomInt(2 ** 32), cause };
    const reaction = told(state, entry);
    if (reaction.state !== state) {
      journal.append(entry);
      causes += 1;
    }
    state = reaction.state;
    for (const event of reaction.events) parts.emit({ ...event });
    // In a later turn: a runtime reports at once what it cannot start, and the model takes one cause at a time.
    for (const order of reaction.orders) setImmediate(() => runtime.carryOut(order));
    wake();
    if (causes >= causesPerJournal) beginAnew();
    return reaction.answer;
  };

  const runtime: ContainerRuntime = parts.runtime((one) => {
    if (!stopped) tell({ kind: 'report', report: one });
  });

  const lost = livingTasks(state);
  for (const { arn } of lost) {
    tell({
      kind: 'report',
      report: { kind: 'hostLost', taskArn: arn, reason: 'Host terminated: the local stack ended.' },
    });
  }
  if (lost.length > 0) parts.log(`containers were lost with the last local stack: ${lost.length}`);
  wake();

  return {
    service: Object.fromEntries(
      actions.map((action) => [
        action,
        (input: unknown) => outputOf(tell({ kind: 'call', action, input })),
      ]),
    ),
    definition: (given) => definitionOf(state, given),
    reclaim: (taskArn) => void tell({ kind: 'reclaim', taskArn }),
    setAvailability: (provider, is) => void tell({ kind: 'availability', provider, is }),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      try {
        await runtime.stop();
        beginAnew();
      } finally {
        journal.close();
      }
    },
  };
};

const outputOf = (answer: EcsAnswer | undefined): object => {
  if (answer?.ok) return answer.output;
  const { code, message, status, extra } = answer?.error ?? {
    code: 'ServerException',
    message: '',
    status: 500,
  };
  throw new AwsError(code, message, { status, ...(extra ? { extra } : {}) });
};
