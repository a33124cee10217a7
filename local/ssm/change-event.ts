import { randomUUID } from 'node:crypto';
import type { BusEvent } from '../events/router.ts';
import { eventTime } from '../events/time.ts';
import { awsAccount } from '../template/aws-account.ts';
import { arn } from '../template/identity.ts';

/** A change of a parameter, as AWS's event `Parameter Store Change` reports it: without value and version. */
export interface ParameterChange {
  readonly operation: 'Create' | 'Update' | 'Delete';
  readonly name: string;
  readonly type: string;
}

/** The event of a change (SSM user guide, "Reference: EventBridge event patterns"). */
export const changeEvent = (change: ParameterChange): BusEvent => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Parameter Store Change',
  source: 'aws.ssm',
  account: awsAccount.account,
  time: eventTime(Date.now()),
  region: awsAccount.region,
  resources: [parameterArn(change.name)],
  detail: change,
});

/** The ARN of a parameter. */
export const parameterArn = (name: string): string =>
  arn('ssm', awsAccount, `parameter${name.startsWith('/') ? '' : '/'}${name}`);
