import { present } from '../../shared/core/present.ts';
import { AwsError } from '../endpoint/errors.ts';
import { type JsonObject, optionalText, text, texts } from '../endpoint/input.ts';
import { type Paging, pageOf } from '../endpoint/page.ts';
import type { JsonApi } from '../service.ts';
import type { QueueSpec } from './plan.ts';
import type { Queues } from './queues.ts';

/** ListQueues gives 1,000 (SQS API reference). */
const paging: Paging = {
  size: 'MaxResults',
  token: 'NextToken',
  usual: 1000,
  most: 1000,
  badToken: 'InvalidAddress',
};

/** The calls of SQS that read which queues there are and how many messages they hold. Only the stack sends and receives messages. */
export const sqsApi = (
  specs: readonly QueueSpec[],
  { queues, endpointUrl }: { readonly queues: Queues; readonly endpointUrl: () => string },
): JsonApi => {
  const urlOf = ({ arn, name }: QueueSpec): string =>
    `${endpointUrl()}/${arn.split(':').at(-2)}/${name}`;

  const named = (name: string | undefined): QueueSpec => {
    const spec = specs.find((one) => one.name === name);
    if (spec === undefined) throw absent();
    return spec;
  };

  const listQueues = (input: JsonObject): object => {
    const prefix = optionalText(input, 'QueueNamePrefix') ?? '';
    const found = specs
      .filter(({ name }) => name.startsWith(prefix))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { items, next } = pageOf(found, ({ name }) => name, { input, paging });
    return { QueueUrls: items.map(urlOf), ...present({ NextToken: next }) };
  };

  const attributesOf = (spec: QueueSpec): Readonly<Record<string, string>> => {
    const { visible } = queues.outlook(spec.arn);
    const { redrive } = spec;
    return {
      QueueArn: spec.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(queues.size(spec.arn) - visible),
      ApproximateNumberOfMessagesDelayed: '0',
      VisibilityTimeout: String(spec.visibilityTimeoutMs / 1000),
      ...(redrive
        ? {
            RedrivePolicy: JSON.stringify({
              deadLetterTargetArn: redrive.deadQueueArn,
              maxReceiveCount: redrive.maxReceiveCount,
            }),
          }
        : {}),
    };
  };

  const getQueueAttributes = (input: JsonObject): object => {
    const all = attributesOf(named(text(input, 'QueueUrl').split('/').at(-1)));
    const asked = texts(input, 'AttributeNames');
    const isAsked = (name: string): boolean => asked.includes('All') || asked.includes(name);
    return {
      Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => isAsked(name))),
    };
  };

  return {
    kind: 'json',
    actions: {
      GetQueueAttributes: getQueueAttributes,
      GetQueueUrl: (input) => ({ QueueUrl: urlOf(named(text(input, 'QueueName'))) }),
      ListQueues: listQueues,
    },
  };
};

const absent = (): AwsError =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
