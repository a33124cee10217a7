import { errorMessage } from '../../shared/core/error-message.ts';
import { present } from '../../shared/core/present.ts';
import { functionNameOf } from '../lambda/function-name.ts';
import { functionsOf } from '../lambda/plan-functions.ts';
import type { ServicePlan } from '../service.ts';
import { arn, named, unnamed } from '../template/identity.ts';
import { numberAt, ofType, type Resource, refuse, textAt } from '../template/types.ts';
import { type LineTest, lineTest } from './filter-pattern.ts';
import type { Subscription } from './subscriptions.ts';

/** A log group of the template. Without `retentionInDays` it keeps everything. */
export interface LogGroupSpec {
  readonly name: string;
  readonly retentionInDays?: number;
}

/** The log groups of the template, and those of its functions. */
export interface LogsPlan {
  readonly groups: readonly LogGroupSpec[];
  readonly subscriptions: readonly Subscription[];
}

/** What CloudWatch Logs takes from the template. */
export const logsPlan: ServicePlan<LogsPlan> = {
  types: {
    'AWS::Logs::LogGroup': {
      identify: named('LogGroupName', (name, awsAccount) =>
        arn('logs', awsAccount, `log-group:${name}:*`),
      ),
    },
    'AWS::Logs::MetricFilter': { identify: unnamed },
    'AWS::Logs::SubscriptionFilter': {
      identify: unnamed,
      properties: ['DestinationArn', 'FilterName', 'FilterPattern', 'LogGroupName'],
    },
  },
  read: (template) => {
    const own = ofType(template, 'AWS::Logs::LogGroup').map(groupOf);
    // A function without a group of its own in the template gets one from Lambda when it first runs.
    const others = functionsOf(template)
      .map(({ logGroup }) => logGroup)
      .filter((name) => own.every((group) => group.name !== name));
    return {
      groups: [...own, ...others.map((name) => ({ name }))],
      subscriptions: ofType(template, 'AWS::Logs::SubscriptionFilter').map((resource) =>
        subscriptionOf(
          resource,
          own.map(({ name }) => name),
        ),
      ),
    };
  },
};

/** Only containers' logs are watched: of a function's log group nothing would be delivered. */
const subscriptionOf = (
  { logicalId, properties }: Resource,
  groups: readonly string[],
): Subscription => {
  const group = textAt(properties.LogGroupName, `${logicalId}.LogGroupName`);
  if (!groups.includes(group) || group.startsWith('/aws/lambda/')) {
    throw refuse(
      `${logicalId}.LogGroupName`,
      `the log group must be one of the template's, and not of a function, but it is ${group}.`,
    );
  }
  return {
    name: textAt(properties.FilterName ?? logicalId, `${logicalId}.FilterName`),
    group,
    matches: testAt(textAt(properties.FilterPattern, `${logicalId}.FilterPattern`), logicalId),
    functionName: functionNameOf(textAt(properties.DestinationArn, `${logicalId}.DestinationArn`)),
  };
};

const testAt = (pattern: string, logicalId: string): LineTest => {
  try {
    return lineTest(pattern);
  } catch (cause) {
    throw refuse(`${logicalId}.FilterPattern`, errorMessage(cause));
  }
};

const groupOf = ({ logicalId, properties }: Resource): LogGroupSpec => {
  const days = properties.RetentionInDays;
  return {
    name: textAt(properties.LogGroupName ?? logicalId, `${logicalId}.LogGroupName`),
    ...present({
      retentionInDays:
        days === undefined ? undefined : numberAt(days, `${logicalId}.RetentionInDays`, 0),
    }),
  };
};
