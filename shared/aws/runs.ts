import {
  DescribeTasksCommand,
  type ECSClient,
  ECSServiceException,
  InvalidParameterException,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { isUnreachable } from '../core/unreachable.ts';
import type { Described, LaunchAnswer, Runs } from '../ports.ts';
import { seenIn } from '../wire/ecs-sighting.ts';
import { away, messageOf } from './away.ts';
import { answerOf, answerOfFailure, familyOf, runTaskInputOf } from './launch-call.ts';

interface Options {
  readonly client: ECSClient;
  /** Name of the cluster. */
  readonly cluster: string;
  /** What the names of our task definition families begin with: another's task is told without the name it was started by. */
  readonly families: string;
  readonly signal?: AbortSignal;
}

/** For the ECS client: two tries, since what stays in doubt is asked again from the row. */
export const ecsClientConfig = { maxAttempts: 2 } as const;

// The most that DescribeTasks takes (ECS API), and that StopTask's reason may hold.
const describedAtOnce = 100;
const reasonCharacters = 255;

/** The runs of one cluster, through ECS's API. */
export const ecsRuns = ({ client, cluster, families, signal }: Options): Runs => {
  const sending = signal ? { abortSignal: signal } : {};

  const describeSome = async (tasks: readonly string[]) => {
    const answer = await client
      .send(new DescribeTasksCommand({ cluster, tasks: [...tasks] }), sending)
      .catch(away(`The runs of cluster ${cluster} could not be described`));
    const found = (answer.tasks ?? []).flatMap((task) => describedOf(task, families));
    const missing = (answer.failures ?? [])
      .filter((failure) => failure.reason === 'MISSING')
      .map((failure) => failure.arn);
    return { found, missing: tasks.filter((arn) => missing.includes(arn)) };
  };

  const list = async (filter: {
    readonly startedBy?: string;
    readonly family?: string;
    readonly desiredStatus?: 'RUNNING' | 'STOPPED';
  }): Promise<readonly string[]> => {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const command: ListTasksCommand = new ListTasksCommand({ cluster, ...filter, nextToken });
      const answer = await client
        .send(command, sending)
        .catch(away(`The runs of cluster ${cluster} could not be listed`));
      arns.push(...(answer.taskArns ?? []));
      nextToken = answer.nextToken;
    } while (nextToken);
    return arns;
  };

  return {
    launch: async (order) => {
      try {
        return answerOf(await client.send(new RunTaskCommand(runTaskInputOf(order)), sending));
      } catch (error) {
        return answerOfError(error);
      }
    },
    describe: async (ecsTaskArns) => {
      const parts = await Promise.all(chunks(ecsTaskArns, describedAtOnce).map(describeSome));
      return {
        found: parts.flatMap((part) => part.found),
        missing: parts.flatMap((part) => part.missing),
      };
    },
    traces: async ({ startedBy, taskDefinition }) => {
      // ListTasks takes no filter beside startedBy, and lists what has stopped only when asked for it.
      const meant = await list({ startedBy });
      if (meant.length > 0) return meant;
      return list({ family: familyOf(taskDefinition), desiredStatus: 'STOPPED' });
    },
    list: () => list({ desiredStatus: 'RUNNING' }),
    stop: async (ecsTaskArn, why) => {
      const reason = why.slice(0, reasonCharacters);
      await client
        .send(new StopTaskCommand({ cluster, task: ecsTaskArn, reason }), sending)
        .catch((error) =>
          isGone(error) ? undefined : away(`${ecsTaskArn} could not be stopped`)(error),
        );
    },
  };
};

const answerOfError = (error: unknown): LaunchAnswer => {
  const code = error instanceof Error ? error.name : 'Error';
  const message = messageOf(error);
  if (!(error instanceof ECSServiceException)) {
    const answer = answerOfFailure({ code, message });
    const isSilent = answer.kind === 'doubt' && isUnreachable(error);
    return isSilent ? { ...answer, isSilent } : answer;
  }
  const { httpStatusCode: status, attempts = 1 } = error.$metadata;
  const answer = answerOfFailure({
    code,
    message,
    ...(status === undefined ? {} : { status }),
    ...('resourceIds' in error ? { resourceIds: textsOf(error.resourceIds) } : {}),
  });
  // What is thrown speaks of one call alone: at the SDK's second try the first may have been taken.
  return answer.kind === 'refused' && attempts > 1 ? { kind: 'doubt', why: answer.why } : answer;
};

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const describedOf = (task: unknown, families: string): readonly Described[] => {
  const seen = seenIn(task, families);
  if (!seen) return [];
  const { sighting, ...rest } = seen;
  return [{ ...sighting, ...rest }];
};

// ECS forgets a stopped task after an hour or more, and then does not know it to stop it.
const isGone = (error: unknown): boolean =>
  error instanceof InvalidParameterException && /task was not found/i.test(error.message);

const chunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  );
