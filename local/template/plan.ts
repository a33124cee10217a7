import { type DynamodbPlan, dynamodbPlan } from '../dynamodb/plan.ts';
import { type EcrPlan, ecrPlan } from '../ecr/plan.ts';
import { type EcsPlan, ecsPlan } from '../ecs/plan.ts';
import { type EventsPlan, eventsPlan } from '../events/plan.ts';
import { type IamPlan, iamPlan } from '../iam/plan.ts';
import { type LambdaPlan, lambdaPlan } from '../lambda/plan.ts';
import { type LogsPlan, logsPlan } from '../logs/plan.ts';
import { type SecretsPlan, secretsPlan } from '../secrets/plan.ts';
import { type SqsPlan, sqsPlan } from '../sqs/plan.ts';
import { type SsmPlan, ssmPlan } from '../ssm/plan.ts';
import { refuseUnknown } from './known-types.ts';
import type { Resolved } from './types.ts';

/** Everything that the local stack starts, by service. It is read from the resolved template alone. */
export interface Plan {
  readonly dynamodb: DynamodbPlan;
  readonly ecr: EcrPlan;
  readonly ecs: EcsPlan;
  readonly events: EventsPlan;
  readonly iam: IamPlan;
  readonly lambda: LambdaPlan;
  readonly logs: LogsPlan;
  readonly secrets: SecretsPlan;
  readonly sqs: SqsPlan;
  readonly ssm: SsmPlan;
}

/** Reads the plan. A resource or a property that would be ignored is refused with its place. */
export const planOf = (template: Resolved): Plan => {
  template.resources.forEach(refuseUnknown);
  return {
    dynamodb: dynamodbPlan.read(template),
    ecr: ecrPlan.read(template),
    ecs: ecsPlan.read(template),
    events: eventsPlan.read(template),
    iam: iamPlan.read(template),
    lambda: lambdaPlan.read(template),
    logs: logsPlan.read(template),
    secrets: secretsPlan.read(template),
    sqs: sqsPlan.read(template),
    ssm: ssmPlan.read(template),
  };
};
