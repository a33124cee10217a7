import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ControlAnswer, ControlRequest } from '../core/control.ts';
import { isObject } from '../core/object.ts';
import { controlAnswerOf } from '../wire/control.ts';
import { jsonOrText } from '../wire/json-of.ts';
import { shown } from '../wire/shown.ts';
import { clientOf, type Reach } from './reach.ts';

/** Sends a request to the function `control`. Throws when the function fails, or answers something that is not an answer of `control`. */
export type AskControl = (request: ControlRequest) => Promise<ControlAnswer>;

/** Invokes the function `control` synchronously. */
export const controlOf = (reach: Reach, functionName: string): AskControl => {
  const { config, callOptions } = clientOf(reach);
  const client = new LambdaClient(config);
  return async (request) => {
    const result = await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        Payload: new TextEncoder().encode(JSON.stringify(request)),
      }),
      callOptions,
    );
    const text = new TextDecoder().decode(result.Payload);
    if (result.FunctionError)
      throw new Error(`${functionName} failed: ${messageOf(jsonOrText(text))}`);
    const answer = controlAnswerOf(jsonOrText(text));
    if (answer) return answer;
    throw new Error(
      `${functionName} answered ${shown(text)}, which this command does not understand: ` +
        'use the version of Davit that is deployed there',
    );
  };
};

const messageOf = (error: unknown): string =>
  isObject(error) && 'errorMessage' in error ? String(error.errorMessage) : shown(error);
