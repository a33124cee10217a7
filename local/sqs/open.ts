import type { AwsService } from '../service.ts';
import { sqsApi } from './api.ts';
import type { SqsPlan } from './plan.ts';
import { openQueues, type Queues } from './queues.ts';

/** SQS, and its queues for the services that send and receive. */
export interface Sqs extends AwsService {
  readonly queues: Queues;
}

/** Opens the queues of the template with the messages that they held. */
export const openSqs = (parts: {
  readonly plan: SqsPlan;
  /** The file of their journal. */
  readonly path: string;
  readonly endpointUrl: () => string;
  readonly log: (line: string) => void;
}): Sqs => {
  const queues = openQueues(parts.path, parts.plan.queues, parts.log);
  const { endpointUrl } = parts;
  return {
    api: sqsApi(parts.plan.queues, { queues, endpointUrl }),
    queues,
    stop: queues.close,
  };
};
