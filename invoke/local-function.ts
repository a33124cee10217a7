import { randomUUID } from 'node:crypto';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CommandError } from '../cli/command-error.ts';
import { type LocalStack, readLocalStack } from '../cli/local-stack.ts';
import { functionEnvironment } from '../local/lambda/environment.ts';
import { errorMessage } from '../shared/core/error-message.ts';
import { exitCodes, InvokeFailure } from './failure.ts';
import type { FunctionName } from './read-args.ts';

/** A function as the running local stack has it. */
export interface LocalFunction {
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly context: Readonly<Record<string, string>>;
}

/**
 * Asks the local stack of that folder how it runs a function. Its own processes have a key of the function's role; here
 * the operator's key is used, which may do everything. Throws an InvokeFailure when there is no such stack.
 */
export const localFunction = async (folder: string, name: FunctionName): Promise<LocalFunction> => {
  const stack = stackIn(folder);
  const functionName = `davit-${stack.stage}-${name}`;
  const described = await describedBy(stack, functionName);
  const stream = `invoke/${randomUUID()}`;
  const spec = {
    name: functionName,
    arn: described.FunctionArn ?? '',
    handler: described.Handler ?? '',
    codeDir: process.cwd(),
    environment: described.Environment?.Variables ?? {},
    memoryMiB: described.MemorySize ?? 0,
    logGroup: described.LoggingConfig?.LogGroup ?? '',
  };
  return {
    environment: functionEnvironment(spec, {
      endpointUrl: stack.aws,
      region: stack.region,
      path: process.env.PATH ?? '',
      key: stack,
      stream,
    }),
    timeoutMs: (described.Timeout ?? 0) * 1_000,
    context: {
      awsRequestId: randomUUID(),
      functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: spec.arn,
      memoryLimitInMB: String(spec.memoryMiB),
      logGroupName: spec.logGroup,
      logStreamName: stream,
    },
  };
};

const stackIn = (folder: string): LocalStack => {
  const found = foundIn(folder);
  if (found !== undefined && 'stack' in found) return found.stack;
  throw new InvokeFailure(
    exitCodes.unavailable,
    found?.why ??
      `There is no running local stack: ${folder}/local.json does not exist. Start one with \`npm start\` in another terminal.`,
  );
};

const foundIn = (folder: string): ReturnType<typeof readLocalStack> => {
  try {
    return readLocalStack(folder);
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    throw new InvokeFailure(exitCodes.unavailable, cause.message, cause);
  }
};

const describedBy = async (stack: LocalStack, FunctionName: string) => {
  const { aws: endpoint, region, accessKeyId, secretAccessKey } = stack;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new LambdaClient({ endpoint, region, credentials, maxAttempts: 1 });
  try {
    return await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  } catch (cause) {
    throw new InvokeFailure(
      exitCodes.unavailable,
      `The local stack at ${endpoint} does not answer (${errorMessage(cause)}). Start it again with \`npm start\`.`,
      cause,
    );
  } finally {
    client.destroy();
  }
};
