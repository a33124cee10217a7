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
import { isOfMessage } from './refused-write.ts';
import { rethrowAs } from './rethrow-as.ts';
import { taskIndex } from './task-index.ts';
import { changeOf, creationOf, type Item, taskIn } from './task-item.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** A name for each write, never the same twice: tells the SDK's retry of our own write from a lost race. */
  readonly newId: () => string;
  readonly meter?: Meter;
  readonly log?: Log;
  readonly signal?: AbortSignal;
}

/** The task table in DynamoDB. Throws, naming table and cause, when the SDK's retries are exhausted; RefusedWrite for a fault that no message can cause. */
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
   * Our write may have landed and only its answer been lost: the SDK then sends the same bytes again, and the
   * condition fails on our own work. The row that beat us bears our write id exactly in that case. (When somebody
   * has moved the row on since, it is lost like any race: the winner's outbox holds what we decided.)
   */
  const lostOrOurs = async (
    error: ConditionalCheckFailedException,
    taskId: string,
    writeId: string,
  ): Promise<Saved> => {
    // dynalite does not answer ALL_OLD; the condition of a row that is gone answers no item either.
    const item = error.Item ?? (await readItem(taskId));
    if (item?.writeId?.S === writeId) return { kind: 'saved' };
    return { kind: 'lost', winner: item && readIn(item) };
  };

  /** What a message causes is answered; any other refusal is a fault, and the same for every row. */
  const refused = (cause: Error, taskId: string): Saved => {
    const why = errorMessage(cause);
    if (isOfMessage(why)) return { kind: 'invalid', why };
    meter?.('WritesRefused');
    log('error', 'row.refused', { taskId, table, why });
    throw new RefusedWrite(`Row ${taskId} is refused by table ${table}: ${why}`, { cause });
  };

  const written = async (
    taskId: string,
    writeId: string,
    command: () => PutItemCommand | UpdateItemCommand,
  ): Promise<Saved> => {
    try {
      // The two commands differ in what they answer; nothing of it is read.
      const write = command();
      if (write instanceof PutItemCommand) await client.send(write, callOptions);
      else await client.send(write, callOptions);
      return { kind: 'saved' };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return lostOrOurs(error, taskId, writeId);
      }
      if (isInvalid(error)) return refused(error, taskId);
      return rethrowAs(`Row ${taskId} could not be written to table ${table}`)(error);
    }
  };

  const create = (task: Task): Promise<Saved> => {
    const writeId = newId();
    return written(
      task.taskId,
      writeId,
      () => new PutItemCommand(creationOf(task, { table, writeId })),
    );
  };

  const save = (next: Task, was: Task): Promise<Saved> => {
    const writeId = newId();
    return written(
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
