import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { errorMessage } from '../core/error-message.ts';
import type { Task } from '../core/task.ts';
import { RefusedWrite } from '../core/unreadable.ts';
import type { Log, Meter, Saved, Tasks } from '../ports.ts';
import { callOptionsOf } from './call-options.ts';
import { isOfMessage } from './is-of-message.ts';
import { rethrowAs } from './rethrow-as.ts';
import { taskIndex } from './task-index.ts';
import { changeOf, creationOf, type Item, taskIn } from './task-item.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** A new name for each write: it distinguishes a retry of our own write by the SDK from a lost race. */
  readonly newId: () => string;
  readonly meter?: Meter;
  readonly log?: Log;
  readonly signal?: AbortSignal;
}

/** The task table in DynamoDB. Throws, naming table and cause, when the SDK's retries are exhausted; throws RefusedWrite when DynamoDB refuses a write for a reason that no message can cause. */
export const tasksTable = ({
  client,
  table,
  newId,
  meter,
  log = () => {},
  signal,
}: Options): Tasks => {
  const callOptions = callOptionsOf(signal);

  const readIn = (item: Item): Task => {
    const { task, unknown } = taskIn(item);
    if (unknown > 0) meter?.('FieldsUnknown', unknown);
    return task;
  };

  const readItem = async (taskId: string): Promise<Item | undefined> => {
    const key = marshall({ taskId });
    const command = new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true });
    const answer = await client
      .send(command, callOptions)
      .catch(rethrowAs(`Row ${taskId} could not be read from table ${table}`));
    return answer.Item;
  };

  /*
   * Our write may have succeeded while its answer was lost. The SDK then sends the same bytes again, and the condition fails
   * because of our own write. In exactly that case, the stored row has our write id. (If another function has changed the row
   * since then, the race counts as lost: the winner's outbox holds what we decided.)
   */
  const lostOrOurs = async (
    error: ConditionalCheckFailedException,
    taskId: string,
    writeId: string,
  ): Promise<Saved> => {
    // dynalite does not answer ALL_OLD, and a failed condition on a deleted row answers without an item.
    const item = error.Item ?? (await readItem(taskId));
    if (item?.writeId?.S === writeId) return { kind: 'saved' };
    return { kind: 'lost', winner: item && readIn(item) };
  };

  /** Answers `invalid` when a message caused the refusal. Any other refusal is a fault of Davit, and would come for every row. */
  const judgeRefusal = (cause: Error, taskId: string): Saved => {
    const why = errorMessage(cause);
    if (isOfMessage(why)) return { kind: 'invalid', why };
    meter?.('WritesRefused');
    log('error', 'row.refused', { taskId, table, why });
    throw new RefusedWrite(`Table ${table} refused row ${taskId}: ${why}`, { cause });
  };

  const write = async (
    taskId: string,
    writeId: string,
    command: () => PutItemCommand | UpdateItemCommand,
  ): Promise<Saved> => {
    try {
      // Two branches for the compiler alone: the types of the two answers differ.
      const made = command();
      if (made instanceof PutItemCommand) await client.send(made, callOptions);
      else await client.send(made, callOptions);
      return { kind: 'saved' };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return lostOrOurs(error, taskId, writeId);
      }
      if (isInvalid(error)) return judgeRefusal(error, taskId);
      return rethrowAs(`Row ${taskId} could not be written to table ${table}`)(error);
    }
  };

  const create = (task: Task): Promise<Saved> => {
    const writeId = newId();
    return write(
      task.taskId,
      writeId,
      () => new PutItemCommand(creationOf(task, { table, writeId })),
    );
  };

  const save = (next: Task, was: Task): Promise<Saved> => {
    const writeId = newId();
    return write(
      was.taskId,
      writeId,
      () => new UpdateItemCommand(changeOf({ next, was }, { table, writeId })),
    );
  };

  return {
    read: async (taskId) => {
      const item = await readItem(taskId);
      return item && readIn(item);
    },
    create,
    save,
    ...taskIndex({ client, table, callOptions }),
  };
};

const isInvalid = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'ValidationException';
