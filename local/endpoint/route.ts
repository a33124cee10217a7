import { ownOf } from '../../models/own.ts';
import { present } from '../../shared/core/present.ts';
import type { RequestHead } from './call.ts';

/** The protocol of a service, and so the form of its refusals: JSON with a target, REST, or a form with XML as answer. */
export type Style = 'json' | 'rest' | 'query';

/** The service that a request is for, by its head alone. */
export interface Route {
  readonly style: Style;
  /** The name that the signature must have; absent if no service here takes the request. */
  readonly service?: string;
}

/** AWS's `X-Amz-Target` prefixes of the services here (AWS SDK service models, `targetPrefix`), and their signing names. */
export const targets: Readonly<Record<string, string>> = {
  AmazonEC2ContainerServiceV20141113: 'ecs',
  AmazonSSM: 'ssm',
  AWSEvents: 'events',
  secretsmanager: 'secretsmanager',
  Logs_20140328: 'logs',
  AmazonEC2ContainerRegistry_V20150921: 'ecr',
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
};

/** Actions of the JSON services and of forms are always a POST. A GET is a read of Lambda. */
export const routeOf = ({ method, path, headers }: RequestHead): Route => {
  const target = headers['x-amz-target'];
  if (method === 'POST' && target !== undefined) {
    const service = ownOf(targets, target.slice(0, target.lastIndexOf('.')));
    return { style: 'json', ...present({ service }) };
  }
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (method === 'POST' && isForm) return { style: 'query', service: 'sts' };
  const isLambda = path.startsWith('/2015-03-31/functions');
  if (isLambda && (method === 'GET' || method === 'POST')) {
    return { style: 'rest', service: 'lambda' };
  }
  return { style: 'rest' };
};
