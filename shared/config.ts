import { type Range, sizes } from './wire/ranges.ts';
import { isReplyPrefix, replyPrefixRule } from './wire/reply-address.ts';
import { shown } from './wire/shown.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that a function may read. A faulty one answers a placeholder, and `configOf` throws. */
type Variables = ReturnType<typeof variablesIn>;

/**
 * Reads the variables that a function needs from its environment, and no others. Throws once, with every fault in one
 * message. Only this file reads the environment of the functions.
 */
export const configOf = <Config>(
  choose: (variables: Variables) => Config,
  environment: Environment = process.env,
): Config => {
  const faults: string[] = [];
  const config = choose(variablesIn(environment, faults));
  if (faults.length > 0) {
    throw new Error(
      // A variable that is read in two places is named once.
      `The environment of this function is not as serverless.yml sets it: ${[...new Set(faults)].join('; ')}. Deploy the stage again.`,
    );
  }
  return config;
};

/** What it takes to reach the broker. A function reads all its variables together, so that one message names every fault. */
export const brokerIn = (env: Variables) => ({
  stage: env.stage(),
  url: env.brokerUrl(),
  virtualHost: env.virtualHost(),
  arn: env.brokerSecret(),
  replyPrefix: env.replyPrefix(),
});

/** What it takes to write rows and carry out their effects. */
export const rowsIn = (env: Variables) => ({
  stage: env.stage(),
  table: env.table(),
  cluster: env.cluster(),
  bus: env.bus(),
  broker: brokerIn(env),
});

/** What it takes to sweep. */
export const sweepIn = (env: Variables) => ({ rows: rowsIn(env), prefix: env.parameters() });

/** What it takes to launch runs. */
export const launchIn = (env: Variables) => ({
  rows: rowsIn(env),
  prefix: env.parameters(),
  site: {
    cluster: env.cluster(),
    subnets: env.subnets(),
    securityGroups: env.securityGroups(),
  },
});

const anything = /^.+$/s;
const list = /^[^,\s]+(,[^,\s]+)*$/;

const variablesIn = (environment: Environment, faults: string[]) => {
  const text = (name: string, expected: string, pattern: RegExp = anything): string => {
    const value = environment[name];
    if (value !== undefined && pattern.test(value)) {
      return value;
    }
    faults.push(`${name} must be ${expected}, but ${value ? `is ${shown(value)}` : 'is not set'}`);
    return '';
  };
  const address = (name: string, expected: string, protocols: readonly string[]): string => {
    const value = environment[name] ?? '';
    const url = URL.parse(value);
    if (url && protocols.includes(url.protocol) && !url.username && !url.password) {
      return value;
    }
    // The value is not shown: it may contain a password.
    faults.push(`${name} must be ${expected}, but is ${value ? 'something else' : 'not set'}`);
    return '';
  };
  const texts = (name: string, expected: string, { most }: Range): readonly string[] => {
    const all = text(name, expected, list).split(',');
    if (all.length > most)
      faults.push(`${name} must be at most ${most} ${expected}, but has ${all.length}`);
    return all;
  };
  return {
    stage: () => text('DAVIT_STAGE', 'the name of the stage', /^[a-z][a-z0-9-]*$/),
    region: () => text('AWS_REGION', 'a region such as eu-central-1 (Lambda sets it)'),
    table: () => text('DAVIT_TABLE', 'the name of the task table'),
    cluster: () => text('DAVIT_CLUSTER', 'the name of the ECS cluster'),
    parameters: () =>
      text('DAVIT_PARAMETERS', 'a parameter path such as /davit/prod/tools', /^\/.*[^/]$/),
    brokerUrl: () =>
      address('DAVIT_BROKER_URL', 'an AMQP address such as amqps://host:5671, without a user', [
        'amqp:',
        'amqps:',
      ]),
    managementUrl: () =>
      address(
        'DAVIT_MANAGEMENT_URL',
        "the https address of RabbitMQ's management, without a user",
        ['http:', 'https:'],
      ),
    replyPrefix: (): string => {
      const value = environment.DAVIT_REPLY_PREFIX ?? '';
      if (isReplyPrefix(value)) return value;
      const came = value === '' ? 'not set' : shown(value);
      faults.push(`DAVIT_REPLY_PREFIX must be ${replyPrefixRule}, but is ${came}`);
      return '';
    },
    virtualHost: () => environment.DAVIT_VHOST || '/',
    brokerSecret: () => text('DAVIT_BROKER_SECRET', "the ARN of the functions' broker secret"),
    adminSecret: () =>
      text('DAVIT_BROKER_ADMIN_SECRET', "the ARN of the broker administrator's secret"),
    publisherSecret: () => text('DAVIT_PUBLISHER_SECRET', "the ARN of the publisher's secret"),
    subnets: () => texts('DAVIT_SUBNETS', 'subnet ids with commas between them', sizes.subnets),
    securityGroups: () =>
      texts(
        'DAVIT_SECURITY_GROUPS',
        'security group ids with commas between them',
        sizes.securityGroups,
      ),
    bus: () => text('DAVIT_BUS', 'the name of the event bus'),
    logGroup: () => text('DAVIT_LOG_GROUP', "the log group of the tools' containers"),
    executionRole: () => text('DAVIT_EXECUTION_ROLE', 'the ARN of the task execution role'),
    taskRole: () => text('DAVIT_TASK_ROLE', 'the ARN of the task role'),
    registry: () => text('DAVIT_REGISTRY', 'the prefix of the image repositories'),
  };
};
