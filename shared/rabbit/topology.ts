import { errorMessage } from '../core/error-message.ts';
import { membersOf } from '../core/object.ts';
import type { Login } from './dial.ts';
import { type Management, managementOf } from './management.ts';
import { type How, type Outcome, refusal } from './topology-outcome.ts';
import { type Step, stepsOf, type TopologyUsers } from './topology-plan.ts';
import { applyStep } from './topology-step.ts';

/** What was done to each thing, and a sentence for each that is wrong. It is safe to declare again after both. */
export interface TopologyReport {
  readonly rabbitVersion: string | undefined;
  readonly things: readonly {
    readonly what: string;
    readonly how: How | 'wrong';
  }[];
  readonly faults: readonly string[];
}

/**
 * Declares what Davit needs on a broker, through its management HTTP API. It is safe to repeat. It never deletes or recreates a
 * queue or an exchange; it removes one binding that an older Davit made. It tries everything before it answers: `faults` names
 * what could not be done, with what was expected and what came. Throws only when the signal is aborted.
 */
export const declareTopology = async (asked: {
  readonly managementUrl: string;
  readonly admin: Login;
  readonly users: TopologyUsers;
  readonly stage: string;
  readonly vhost: string;
  /** The names of the queues that the publisher declares for replies begin with this. */
  readonly replyPrefix: string;
  readonly signal: AbortSignal;
}): Promise<TopologyReport> => {
  const { managementUrl, admin, users, stage, vhost, replyPrefix, signal } = asked;
  const api = managementOf(managementUrl, admin, signal);
  const overview = await versionOf(api);
  signal.throwIfAborted();
  const obstacles = [
    ...('fault' in overview
      ? [
          `management API at ${managementUrl}: ${overview.fault}; check its address and the administrator's secret`,
        ]
      : []),
    ...faultsOfUsers(admin.username, users),
  ];
  const rabbitVersion = 'version' in overview ? overview.version : undefined;
  if (rabbitVersion === undefined || obstacles.length > 0) {
    return { rabbitVersion, things: [], faults: obstacles };
  }
  const outcomes: { what: string; outcome: Outcome }[] = [];
  const site = { stage, virtualHost: vhost, administrator: admin.username, users, replyPrefix };
  for (const step of stepsOf(rabbitVersion, site)) {
    outcomes.push({ what: step.what, outcome: await tryStep(api, step) });
    signal.throwIfAborted();
  }
  return {
    rabbitVersion,
    things: outcomes.map(({ what, outcome }) => ({
      what,
      how: 'how' in outcome ? outcome.how : 'wrong',
    })),
    faults: outcomes.flatMap(({ what, outcome }) =>
      'fault' in outcome ? [`${what}: ${outcome.fault}`] : [],
    ),
  };
};

const versionOf = async (api: Management): Promise<{ version: string } | { fault: string }> => {
  try {
    const answer = await api('GET', 'overview');
    const version = membersOf(answer.body).rabbitmq_version;
    return typeof version === 'string'
      ? { version }
      : { fault: `expected RabbitMQ's version, but ${refusal(answer)} came` };
  } catch (error) {
    return { fault: `expected RabbitMQ's version, but ${why(error)}` };
  }
};

const why = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return errorMessage(cause);
};

/** The users must differ: setting the tags of a plain user on the administrator would lock every administrator out. */
const faultsOfUsers = (administrator: string, users: TopologyUsers): readonly string[] => {
  const names = [administrator, users.functions.username, users.publisher.username];
  return new Set(names).size === names.length
    ? []
    : [
        'users: expected three users (administrator, functions, publisher), but their secrets name ' +
          `${names.join(', ')}; give each a user of its own`,
      ];
};

const tryStep = async (api: Management, step: Step): Promise<Outcome> => {
  try {
    return await applyStep(api, step);
  } catch (error) {
    return {
      fault: `expected an answer from the management API, but ${why(error)}; declare again`,
    };
  }
};
