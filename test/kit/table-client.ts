import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
} from '@aws-sdk/client-dynamodb';
import type { AwsError } from '../../models/answer.ts';
import type {
  Item,
  TableAction,
  TableAnswer,
  TableCall,
  TableOutput,
} from '../../models/dynamodb/types.ts';

/** A client whose calls are answered here, with the commands as they are and no wire. It throws the SDK's exceptions. */
export const tableClient = (answerTo: (request: TableCall) => TableAnswer): DynamoDBClient =>
  Object.assign(new DynamoDBClient({ region: 'eu-central-1' }), {
    send: async (command: { readonly input: object }): Promise<TableOutput> => {
      const answer = answerTo({ action: actionOf(command), input: command.input });
      if (!answer.ok) throw exceptionOf(answer.error);
      return answer.output;
    },
  });

const actions: readonly TableAction[] = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'];

const actionOf = (command: object): TableAction => {
  const { name } = command.constructor;
  const action = actions.find((each) => name === `${each}Command`);
  if (action === undefined) throw new Error(`the model of DynamoDB does not answer a ${name}`);
  return action;
};

/** The model's item as the SDK's: the model keeps the values that the adapters give it, as they are. */
export const sdkItem = (item: Item | undefined): Record<string, AttributeValue> | undefined =>
  isSdkItem(item) ? item : undefined;

/** The SDK's exception for an error of the model. */
const exceptionOf = ({ code, message, extra }: AwsError): Error => {
  if (code !== 'ConditionalCheckFailedException') {
    return new DynamoDBServiceException({ name: code, $fault: 'client', $metadata: {}, message });
  }
  return Object.assign(new ConditionalCheckFailedException({ $metadata: {}, message }), extra);
};

const isSdkItem = (item: object | undefined): item is Record<string, AttributeValue> =>
  item !== undefined;
