import { functionNameOf } from '../lambda/plan-mappings.ts';
import { place } from '../template/place.ts';
import { refuseOthers } from '../template/supported-properties.ts';
import { listAt, objectAt, type Resource, refuse, textAt } from '../template/types.ts';
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
  /** The pattern or the schedule in the words of the template, as EventBridge lists it. */
  readonly words: { readonly EventPattern: string } | { readonly ScheduleExpression: string };
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
    throw refuse(where, `the local AWS understands rate(…) schedules, not ${expression}.`);
  }
  return Number(count) * unitMs;
};

/** The enabled rules of the template. */
export const rulesOf = (resources: readonly Resource[]): readonly RulePlan[] =>
  resources.filter(({ properties }) => properties.State !== 'DISABLED').map(ruleOf);

const ruleOf = ({ logicalId, properties }: Resource): RulePlan => {
  const name = textAt(properties.Name ?? logicalId, logicalId);
  const schedule = properties.ScheduleExpression;
  return {
    name,
    arn: `arn:aws:events:${place.region}:${place.account}:rule/${name}`,
    bus: textAt(properties.EventBusName ?? 'default', logicalId).replace(/^arn:.*event-bus\//, ''),
    when:
      schedule === undefined
        ? { kind: 'event', matches: eventTest(properties.EventPattern) }
        : { kind: 'rate', everyMs: rateMs(textAt(schedule, logicalId), logicalId) },
    words:
      schedule === undefined
        ? { EventPattern: JSON.stringify(properties.EventPattern) }
        : { ScheduleExpression: textAt(schedule, logicalId) },
    targets: listAt(properties.Targets, `${logicalId}.Targets`).map((target, index) =>
      targetOf(target, `${logicalId}.Targets[${index}]`),
    ),
  };
};

/** A target on this machine is never away: how long AWS tries, and where it gives up to, says nothing here. */
const targetProperties = ['Arn', 'Id', 'Input', 'DeadLetterConfig', 'RetryPolicy', 'RoleArn'];

const targetOf = (value: unknown, where: string): RuleTarget => {
  const target = objectAt(value, where);
  refuseOthers(target, where, targetProperties);
  const arn = textAt(target.Arn, `${where}.Arn`);
  const id = textAt(target.Id ?? '', `${where}.Id`);
  const input = target.Input === undefined ? undefined : textAt(target.Input, `${where}.Input`);
  if (arn.includes(':lambda:')) {
    return { kind: 'function', id, arn, functionName: functionNameOf(arn), input };
  }
  if (arn.includes(':sqs:')) return { kind: 'queue', id, arn, queueArn: arn, input };
  throw refuse(where, `a target is a function or a queue here, not ${arn}.`);
};
