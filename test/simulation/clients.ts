import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as eventBridge from '@aws-sdk/client-eventbridge';
import * as ssm from '@aws-sdk/client-ssm';
import type { AwsName } from './happening.ts';

/** Sends one call to a service, and answers its output. Rejects with the SDK's own errors. */
export type Send = (
  service: AwsName,
  action: string,
  input: unknown,
  signal: AbortSignal | undefined,
) => Promise<unknown>;

/** The error of a service, as a model answers it. */
export interface ServiceError {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The SDK's clients, of which each call goes to `send` instead of over HTTP. */
export const clientsOf = (send: Send) => ({
  dynamodb: withSend<dynamodb.DynamoDBClient>(dynamodb.DynamoDBClient.prototype, 'dynamodb', send),
  ecr: withSend<ecr.ECRClient>(ecr.ECRClient.prototype, 'ecr', send),
  ecs: withSend<ecs.ECSClient>(ecs.ECSClient.prototype, 'ecs', send),
  eventBridge: withSend<eventBridge.EventBridgeClient>(
    eventBridge.EventBridgeClient.prototype,
    'eventBridge',
    send,
  ),
  ssm: withSend<ssm.SSMClient>(ssm.SSMClient.prototype, 'ssm', send),
  logs: withSend<logs.CloudWatchLogsClient>(logs.CloudWatchLogsClient.prototype, 'logs', send),
});

/** The SDK's exception for an error that a service answered at its nth try. */
export const exceptionOf = (service: AwsName, error: ServiceError, attempts: number): Error => {
  const { code, message, status = 400, extra = {} } = error;
  const options = {
    ...extra,
    message,
    $metadata: { httpStatusCode: status, attempts },
  };
  const known: unknown = Reflect.get(modules[service], code);
  const made: unknown = isClass(known) ? Reflect.construct(known, [options]) : undefined;
  if (made instanceof Error) return Object.assign(made, extra);
  const fault = status >= 500 ? ('server' as const) : ('client' as const);
  const Base = bases[service];
  return new Base({ name: code, $fault: fault, ...options });
};

/** What Node's HTTP client throws when no answer comes in time. */
export const timeoutError = (attempts: number): Error =>
  Object.assign(new Error('Request timed out'), { name: 'TimeoutError', $metadata: { attempts } });

/** What the SDK throws when the signal of a call aborts. */
export const abortError = (): Error =>
  Object.assign(new Error('Request aborted'), { name: 'AbortError' });

const modules = { dynamodb, ecr, ecs, eventBridge, logs, ssm } as const;

const bases = {
  dynamodb: dynamodb.DynamoDBServiceException,
  ecr: ecr.ECRServiceException,
  ecs: ecs.ECSServiceException,
  eventBridge: eventBridge.EventBridgeServiceException,
  logs: logs.CloudWatchLogsServiceException,
  ssm: ssm.SSMServiceException,
} as const;

// biome-ignore lint/complexity/noBannedTypes: a class of the SDK, looked up by its name
const isClass = (value: unknown): value is Function => typeof value === 'function';

/** An object of the client's own class, so that the SDK's paginators accept it, without the parts that open connections. */
const withSend = <Client>(prototype: object, service: AwsName, send: Send): Client =>
  Object.assign(Object.create(prototype), {
    send: (
      command: { readonly constructor: { readonly name: string }; readonly input: unknown },
      options?: { readonly abortSignal?: AbortSignal },
    ) =>
      send(
        service,
        command.constructor.name.replace(/Command$/, ''),
        command.input,
        options?.abortSignal,
      ),
  });
