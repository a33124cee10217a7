import { present } from '../../shared/core/present.ts';
import { functionsOf } from '../lambda/plan-functions.ts';
import type { ServicePlan } from '../service.ts';
import { arn, named, unnamed } from '../template/identity.ts';
import { numberAt, ofType, type Resource, textAt } from '../template/types.ts';

/** A log group of the template. Without `retentionInDays` it keeps everything. */
export interface LogGroupSpec {
  readonly name: string;
  readonly retentionInDays?: number;
}

/** The log groups of the template, and those of its functions. */
export interface LogsPlan {
  readonly groups: readonly LogGroupSpec[];
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
  },
  read: (template) => {
    const own = ofType(template, 'AWS::Logs::LogGroup').map(groupOf);
    // A function without a group of its own in the template gets one from Lambda when it first runs.
    const others = functionsOf(template)
      .map(({ logGroup }) => logGroup)
      .filter((name) => own.every((group) => group.name !== name));
    return { groups: [...own, ...others.map((name) => ({ name }))] };
  },
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
