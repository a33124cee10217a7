import { functionNameOf } from '../lambda/function-name.ts';
import type { ServicePlan } from '../service.ts';
import { awsAccount } from '../template/aws-account.ts';
import { arn, named, nameOf, withArn } from '../template/identity.ts';
import { refuseOthers } from '../template/refuse-others.ts';
import { listAt, objectAt, ofType, type Resource, refuse, textAt } from '../template/types.ts';
import { type EventTest, eventTest } from './pattern.ts';

/** Where a rule sends what it matched. */
export type RuleTarget = (
  | { readonly kind: 'function'; readonly functionName: string }
  | { readonly kind: 'queue'; readonly queueArn: string }
) & {
  readonly id: string;
  readonly arn: string;
  /** The constant that goes out instead of the event, as JSON text. */
  readonly input: string | undefined;
};

/** An EventBridge rule: of events that match, or of time. */
export interface RulePlan {
  readonly name: string;
  readonly arn: string;
  readonly bus: string;
  readonly when:
    | { readonly kind: 'event'; readonly matches: EventTest }
    | { readonly kind: 'rate'; readonly everyMs: number };
  /** The pattern or the schedule as the template has it, and as EventBridge lists it. */
  readonly source: { readonly EventPattern: string } | { readonly ScheduleExpression: string };
  readonly targets: readonly RuleTarget[];
}

const unitsMs: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** Milliseconds of `rate(5 minutes)`; cron expressions are refused. */
export const rateMs = (expression: string, where: string): number => {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = unitsMs[unit];
  if (count === undefined || unitMs === undefined || Number(count) < 1) {
    throw refuse(where, `the schedule must be a rate(…) here, but it is ${expression}.`);
  }
  return Number(count) * unitMs;
};

/** The rules and buses of the template. */
export interface EventsPlan {
  /** The enabled rules. */
  readonly rules: readonly RulePlan[];
  readonly buses: readonly string[];
}

/** What EventBridge takes from the template. */
export const eventsPlan: ServicePlan<EventsPlan> = {
  types: {
    'AWS::Events::EventBus': {
      identify: (property, logicalId, awsAccount) => {
        const name = nameOf(property('Name'), logicalId, awsAccount);
        return withArn(name, arn('events', awsAccount, `event-bus/${name}`), { Name: name });
      },
      properties: ['Name', 'Description', 'KmsKeyIdentifier', 'Tags'],
    },
    'AWS::Events::Rule': {
      identify: named('Name', (name, awsAccount) => arn('events', awsAccount, `rule/${name}`)),
      properties: [
        'Name',
        'EventBusName',
        'EventPattern',
        'ScheduleExpression',
        'State',
        'Targets',
        'Description',
        'RoleArn',
        'Tags',
      ],
    },
  },
  read: (template) => ({
    rules: ofType(template, 'AWS::Events::Rule')
      .filter(({ properties }) => properties.State !== 'DISABLED')
      .map(ruleOf),
    buses: [
      'default',
      ...ofType(template, 'AWS::Events::EventBus').map(({ logicalId, properties }) =>
        textAt(properties.Name, `${logicalId}.Name`),
      ),
    ],
  }),
};

const ruleOf = ({ logicalId, properties }: Resource): RulePlan => {
  const name = textAt(properties.Name ?? logicalId, logicalId);
  const schedule = properties.ScheduleExpression;
  return {
    name,
    arn: arn('events', awsAccount, `rule/${name}`),
    bus: textAt(properties.EventBusName ?? 'default', logicalId).replace(/^arn:.*event-bus\//, ''),
    when:
      schedule === undefined
        ? { kind: 'event', matches: eventTest(properties.EventPattern) }
        : { kind: 'rate', everyMs: rateMs(textAt(schedule, logicalId), logicalId) },
    source:
      schedule === undefined
        ? { EventPattern: JSON.stringify(properties.EventPattern) }
        : { ScheduleExpression: textAt(schedule, logicalId) },
    targets: listAt(properties.Targets, `${logicalId}.Targets`).map((target, index) =>
      targetOf(target, `${logicalId}.Targets[${index}]`),
    ),
  };
};

/** A target on this machine can always be reached, so retries and the dead-letter queue of a target make no difference. */
const targetProperties = ['Arn', 'Id', 'Input', 'DeadLetterConfig', 'RetryPolicy', 'RoleArn'];

const targetOf = (value: unknown, where: string): RuleTarget => {
  const target = objectAt(value, where);
  refuseOthers(target, where, { known: targetProperties, file: 'local/events/plan.ts' });
  const targetArn = textAt(target.Arn, `${where}.Arn`);
  const id = textAt(target.Id ?? '', `${where}.Id`);
  const input = target.Input === undefined ? undefined : textAt(target.Input, `${where}.Input`);
  const common = { id, arn: targetArn, input };
  if (targetArn.includes(':lambda:')) {
    return { ...common, kind: 'function', functionName: functionNameOf(targetArn) };
  }
  if (targetArn.includes(':sqs:')) return { ...common, kind: 'queue', queueArn: targetArn };
  throw refuse(where, `the target must be a function or a queue here, but it is ${targetArn}.`);
};
