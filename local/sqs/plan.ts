import { present } from '../../shared/core/present.ts';
import type { ServicePlan } from '../service.ts';
import { awsAccount } from '../template/aws-account.ts';
import { arn, nameOf, unnamed } from '../template/identity.ts';
import { numberAt, objectAt, ofType, type Resource, refuse, textAt } from '../template/types.ts';

/** An SQS queue of the template. */
export interface QueueSpec {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutMs: number;
  /** Where a message goes that was received more often than `maxReceiveCount`. */
  readonly redrive?: { readonly deadQueueArn: string; readonly maxReceiveCount: number };
}

/** The queues of the template. */
export interface SqsPlan {
  readonly queues: readonly QueueSpec[];
}

/** What SQS takes from the template. FIFO queues are refused. */
export const sqsPlan: ServicePlan<SqsPlan> = {
  types: {
    'AWS::SQS::Queue': {
      identify: (property, logicalId, awsAccount) => {
        const name = nameOf(property('QueueName'), logicalId, awsAccount);
        const url = `https://sqs.${awsAccount.region}.amazonaws.com/${awsAccount.account}/${name}`;
        return {
          ref: url,
          attributes: { Arn: arn('sqs', awsAccount, name), QueueName: name, QueueUrl: url },
        };
      },
      properties: [
        'FifoQueue',
        'QueueName',
        'RedrivePolicy',
        'VisibilityTimeout',
        'KmsMasterKeyId',
        // Not checked: nothing local is as large.
        'MaximumMessageSize',
        // In days: longer than a local stack runs.
        'MessageRetentionPeriod',
        'ReceiveMessageWaitTimeSeconds',
        'SqsManagedSseEnabled',
        'Tags',
      ],
    },
    'AWS::SQS::QueuePolicy': { identify: unnamed },
  },
  read: (template) => ({ queues: ofType(template, 'AWS::SQS::Queue').map(queueOf) }),
};

const queueOf = ({ logicalId, properties }: Resource): QueueSpec => {
  if (properties.FifoQueue === true) throw refuse(logicalId, 'the local AWS has no FIFO queues.');
  const name = textAt(properties.QueueName, `${logicalId}.QueueName`);
  return {
    name,
    arn: arn('sqs', awsAccount, name),
    // 30 s is SQS's own default (SQS API reference, VisibilityTimeout).
    visibilityTimeoutMs: numberAt(properties.VisibilityTimeout, logicalId, 30) * 1000,
    ...present({ redrive: redriveOf(properties.RedrivePolicy, `${logicalId}.RedrivePolicy`) }),
  };
};

const redriveOf = (value: unknown, where: string): QueueSpec['redrive'] => {
  if (value === undefined) return undefined;
  const policy = objectAt(typeof value === 'string' ? JSON.parse(value) : value, where);
  return {
    deadQueueArn: textAt(policy.deadLetterTargetArn, `${where}.deadLetterTargetArn`),
    maxReceiveCount: numberAt(policy.maxReceiveCount, `${where}.maxReceiveCount`, 10),
  };
};
