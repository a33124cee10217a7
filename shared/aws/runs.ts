import {
  DescribeTasksCommand,
  type ECSClient,
  ECSServiceException,
  InvalidParameterException,
  ListTasksCommand,
  type ListTasksCommandInput,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { errorMessage } from '../core/error-message.ts';
import { familyIn } from '../core/family.ts';
import { present } from '../core/present.ts';
import { isUnreachable } from '../core/unreachable.ts';
import type { CallPace } from '../ports/call-pace.ts';
import type { Described, LaunchAnswer, Runs } from '../ports/runs.ts';
import { seenIn } from '../wire/ecs-sighting.ts';
import { callOptionsOf } from './call-options.ts';
import { answerOf, answerOfFailure, runTaskInputOf } from './launch-call.ts';
import { rethrowAs } from './rethrow-as.ts';

interface Options {
  readonly client: ECSClient;
  /** Name of the cluster. */
  readonly cluster: string;
  /** The names of this stage's task definition families begin with this. For a task of another family, `startedBy` is left out. */
  readonly families: string;
  /** How fast calls that read may follow each other; without it, there is no limit. */
  readonly reads?: CallPace;
  /** The same for StopTask. */
  readonly stops?: CallPace;
  readonly signal?: AbortSignal;
}

const noLimit: CallPace = { next: async () => {}, slowDown: () => {} };

/** For the ECS client: two tries are enough, because a launch in doubt is tried again from its row. */
export const ecsClientConfig = { maxAttempts: 2 } as const;

/** The most tasks that one call may name (ECS API reference, DescribeTasks). */
const mostDescribed = 100;

// The most characters of a reason (ECS API reference, StopTask).
const reasonCharacters = 255;

/** Starts, stops and lists the runs of one ECS cluster. Throws, naming the call and the cause, when ECS cannot be reached; `launch` answers that as a value. */
export const ecsRuns = ({
  client,
  cluster,
  families,
  reads = noLimit,
  stops = noLimit,
  signal,
}: Options): Runs => {
  const callOptions = callOptionsOf(signal);

  const listPage = async (filter: ListTasksCommandInput) => {
    await reads.next();
    const command = new ListTasksCommand({ cluster, ...filter });
    const answer = await client
      .send(command, callOptions)
      .catch(slowingDown(reads))
      .catch(rethrowAs(`The runs of cluster ${cluster} could not be listed`));
    const { taskArns = [], nextToken } = answer;
    return { ecsTaskArns: taskArns, ...present({ next: nextToken || undefined }) };
  };

  const listAll = async (filter: ListTasksCommandInput): Promise<readonly string[]> => {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await listPage({ ...filter, nextToken });
      arns.push(...page.ecsTaskArns);
      nextToken = page.next;
    } while (nextToken);
    return arns;
  };

  /*
   * ECS refuses the whole call because of one invalid ARN (of another cluster, or of a row that was edited by hand). Then each
   * half is described on its own, until the invalid ARN is alone: it is neither found nor missing.
   */
  const describe: Runs['describe'] = async (ecsTaskArns) => {
    if (ecsTaskArns.length === 0) return { found: [], missing: [] };
    if (ecsTaskArns.length > mostDescribed) {
      throw new Error(
        `DescribeTasks takes at most ${mostDescribed} tasks, but ${ecsTaskArns.length} came: call it once for each hundred.`,
      );
    }
    await reads.next();
    const answer = await client
      .send(new DescribeTasksCommand({ cluster, tasks: [...ecsTaskArns] }), callOptions)
      .catch(slowingDown(reads))
      .catch((error) =>
        isInvalid(error)
          ? undefined
          : rethrowAs(`The runs of cluster ${cluster} could not be described`)(error),
      );
    if (answer === undefined) return describeHalves(ecsTaskArns);
    const found = (answer.tasks ?? []).flatMap((task) => describedOf(task, families));
    const missing = (answer.failures ?? [])
      .filter((failure) => failure.reason === 'MISSING')
      .map((failure) => failure.arn);
    return { found, missing: ecsTaskArns.filter((arn) => missing.includes(arn)) };
  };

  const describeHalves: Runs['describe'] = async (ecsTaskArns) => {
    if (ecsTaskArns.length === 1) return { found: [], missing: [] };
    const middle = Math.ceil(ecsTaskArns.length / 2);
    const first = await describe(ecsTaskArns.slice(0, middle));
    const second = await describe(ecsTaskArns.slice(middle));
    return {
      found: [...first.found, ...second.found],
      missing: [...first.missing, ...second.missing],
    };
  };

  return {
    launch: async (order) => {
      try {
        return answerOf(await client.send(new RunTaskCommand(runTaskInputOf(order)), callOptions));
      } catch (error) {
        return answerOfError(error);
      }
    },
    describe,
    traces: async ({ startedBy, taskDefinition }) => {
      // ListTasks does not combine startedBy with another filter, and lists stopped tasks only with desiredStatus STOPPED.
      const running = await listAll({ startedBy });
      if (running.length > 0) return running;
      return listAll({ family: familyIn(taskDefinition), desiredStatus: 'STOPPED' });
    },
    list: (nextToken) =>
      listPage({ desiredStatus: 'RUNNING', nextToken }).catch((error) => {
        // AWS does not document how long a token of ListTasks is valid.
        if (nextToken !== undefined && isInvalid(error.cause)) return undefined;
        throw error;
      }),
    stop: async (ecsTaskArn, why) => {
      const reason = why.slice(0, reasonCharacters);
      await stops.next();
      await client
        .send(new StopTaskCommand({ cluster, task: ecsTaskArn, reason }), callOptions)
        .catch(slowingDown(stops))
        .catch((error) =>
          isGone(error) ? undefined : rethrowAs(`${ecsTaskArn} could not be stopped`)(error),
        );
    },
  };
};

/** Slows a pace down when ECS says that its calls come too fast, and throws the error again. */
const slowingDown =
  ({ slowDown }: CallPace) =>
  (error: unknown): never => {
    if (/Throttl|Rate exceeded/i.test(`${error}`)) slowDown();
    throw error;
  };

const isInvalid = (error: unknown): error is InvalidParameterException =>
  error instanceof InvalidParameterException;

const describedOf = (task: unknown, families: string): readonly Described[] => {
  const seen = seenIn(task, families);
  if (!seen) return [];
  const { sighting, ...rest } = seen;
  return [{ ...sighting, ...rest }];
};

const answerOfError = (error: unknown): LaunchAnswer => {
  const code = error instanceof Error ? error.name : 'Error';
  const message = errorMessage(error);
  if (!(error instanceof ECSServiceException)) {
    const answer = answerOfFailure({ code, message });
    const isSilent = answer.kind === 'doubt' && isUnreachable(error);
    return isSilent ? { ...answer, isSilent } : answer;
  }
  const { httpStatusCode: status, attempts = 1 } = error.$metadata;
  const answer = answerOfFailure({
    code,
    message,
    ...present({
      status,
      resourceIds: 'resourceIds' in error ? textsOf(error.resourceIds) : undefined,
    }),
  });
  // The error is about the last try only: when the SDK tried twice, ECS may have accepted the first try.
  return answer.kind === 'refused' && attempts > 1 ? { kind: 'doubt', why: answer.why } : answer;
};

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

// ECS forgets a stopped task after an hour or more. StopTask then answers that it was not found.
const isGone = (error: unknown): boolean =>
  isInvalid(error) && /task was not found/i.test(error.message);
