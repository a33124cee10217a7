import { join } from 'node:path';
import type { Credentials } from '../endpoint/credentials.ts';
import type { Faults } from '../endpoint/watch.ts';
import type { LogStore } from '../logs/log-store.ts';
import { childFolder, openChildren } from '../machine/children.ts';
import type { AwsService } from '../service.ts';
import type { Queues } from '../sqs/queues.ts';
import { awsAccount } from '../template/aws-account.ts';
import { lambdaApi } from './api.ts';
import { type AsyncInvocations, type AsyncSpec, openAsyncInvocations } from './async.ts';
import type { LambdaPlan } from './plan.ts';
import { type Functions, openFunctions } from './pool.ts';
import { unpackFunction, unpackFunctions } from './unpack-functions.ts';

/** Lambda, and its functions for the services that invoke them. Event sources are started with the flow (local/flow.ts). */
export interface Lambda extends AwsService {
  readonly functions: Functions;
  readonly asynchronous: AsyncInvocations;
  /** Deploys the bundle of a function that another package has. The function keeps its environment and its role. */
  readonly deployCode: (functionName: string, packageDir: string) => void;
}

/** Unpacks the bundles and opens the functions. A process starts when its function is first invoked. */
export const openLambda = (parts: {
  readonly plan: LambdaPlan;
  /** The folder of the bundles. */
  readonly packageDir: string;
  /** The folder of the stack. */
  readonly dir: string;
  readonly endpointUrl: () => string;
  readonly credentials: Pick<Credentials, 'issue' | 'forget'>;
  readonly logs: LogStore;
  /** For events whose tries have all failed. */
  readonly queues: Queues;
  readonly faults: Pick<Faults, 'asyncDelaysMs' | 'onInvocation'>;
  readonly log: (line: string) => void;
}): Lambda => {
  const { plan, dir, queues } = parts;
  const codeDir = join(dir, 'functions');
  const specs = unpackFunctions(plan.functions, parts.packageDir, codeDir);
  const functions = openFunctions(
    specs,
    {
      endpointUrl: parts.endpointUrl,
      region: awsAccount.region,
      credentials: parts.credentials,
      logs: parts.logs,
      children: openChildren(childFolder(dir, 'functions')),
      path: process.env.PATH ?? '',
    },
    parts.faults.onInvocation,
  );
  const asyncSpecOf = (name: string): AsyncSpec => {
    const { maxRetries = 2, onFailureArn } = plan.async.get(name) ?? {};
    const deadLetterArn = plan.functions.find((one) => one.name === name)?.deadLetterArn;
    return {
      maxRetries,
      ...(onFailureArn && { onFailure: (one) => queues.send(onFailureArn, JSON.stringify(one)) }),
      ...(deadLetterArn && { onDeadLetter: (event) => queues.send(deadLetterArn, event) }),
    };
  };
  const asynchronous = openAsyncInvocations(functions.invoke, asyncSpecOf, {
    log: parts.log,
    delaysMs: parts.faults.asyncDelaysMs,
  });
  return {
    api: lambdaApi(functions, asynchronous),
    functions,
    asynchronous,
    deployCode: (functionName, packageDir) => {
      const planned = plan.functions.find(({ name }) => name === functionName);
      if (planned === undefined) {
        throw new Error(`There is no function ${functionName} in the template.`);
      }
      functions.replace(unpackFunction(planned, packageDir, codeDir));
    },
    stop: async () => {
      asynchronous.stop();
      await functions.stop();
    },
  };
};
