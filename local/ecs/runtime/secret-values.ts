import { isObject } from '../../../shared/core/object.ts';
import { noSecret, type Secrets } from '../../secrets/secrets.ts';
import type { ParameterStore } from '../../ssm/open.ts';
import type { RuntimeFactory } from './runtime.ts';

/** Where the secrets of containers are read. */
interface SecretSources {
  readonly parameters: Pick<ParameterStore, 'get'>;
  readonly secrets: Pick<Secrets, 'find'>;
}

/** Reads the secrets of a container before it starts, and gives them to it alone. If one cannot be read, the run fails with ECS's reason. */
export const withSecrets =
  (sources: SecretSources, make: RuntimeFactory): RuntimeFactory =>
  (report) => {
    const runtime = make(report);
    return {
      ...runtime,
      carryOut: (order) => {
        if (order.kind !== 'start' || order.secrets === undefined) {
          runtime.carryOut(order);
          return;
        }
        const { secrets, ...start } = order;
        const read = secretValues(sources, secrets);
        if ('reason' in read) {
          report({ kind: 'notStarted', taskArn: order.taskArn, reason: read.reason });
          return;
        }
        const environment = { ...start.environment, ...read.environment };
        runtime.carryOut({ ...start, environment });
      },
    };
  };

/** The variables of a container's secrets, or why ECS does not start it. */
type SecretValues =
  | { readonly environment: Readonly<Record<string, string>> }
  | { readonly reason: string };

const prefix =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ';

const secretValues = (
  sources: SecretSources,
  arns: Readonly<Record<string, string>>,
): SecretValues => {
  const environment: Record<string, string> = {};
  for (const [name, arn] of Object.entries(arns)) {
    const read = arn.includes(':secretsmanager:')
      ? secretAt(sources.secrets, arn)
      : parameterAt(sources.parameters, arn);
    if ('why' in read) return { reason: `${prefix}${read.why}` };
    environment[name] = read.value;
  }
  return { environment };
};

type Value = { readonly value: string } | { readonly why: string };

/** `<ARN of the secret>[:<key of its JSON>:<stage of its version>:<version>]` (ECS guide, secrets). */
const secretAt = (secrets: SecretSources['secrets'], valueFrom: string): Value => {
  const parts = valueFrom.split(':');
  const [key = '', stage = '', version = ''] = parts.slice(7);
  const isCurrent = ['', 'AWSCURRENT'].includes(stage) && ['', 'local-1'].includes(version);
  const secret = isCurrent ? secrets.find(parts.slice(0, 7).join(':')) : undefined;
  if (secret === undefined) return asm(`ResourceNotFoundException: ${noSecret}`);
  if (key === '') return { value: secret.value };
  const value = memberOf(secret.value, key);
  return value === undefined
    ? asm(`retrieved secret from Secrets Manager did not contain json key ${key}`)
    : { value };
};

const retried = 'service call has been retried 1 time(s): ';

const asm = (why: string): Value => ({
  why: `unable to retrieve secret from asm: ${retried}${why}`,
});

const memberOf = (json: string, key: string): string | undefined => {
  try {
    const parsed: unknown = JSON.parse(json);
    const value = isObject(parsed) && Object.hasOwn(parsed, key) ? parsed[key] : undefined;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
};

/** By ARN, or by the name alone, as ECS takes it within a region. */
const parameterAt = (parameters: SecretSources['parameters'], arn: string): Value => {
  const name = arn.startsWith('arn:') ? arn.slice(arn.indexOf(':parameter/') + 10) : arn;
  const value = parameters.get(name) ?? parameters.get(name.replace(/^\//, ''));
  return value === undefined
    ? { why: `unable to retrieve secrets from ssm: ${retried}invalid parameters: ${name}` }
    : { value };
};
