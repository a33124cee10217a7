import { providersFor, roomFor } from './capacity.ts';
import { addTask, inMs } from './changes.ts';
import { conflict, fine, type Outcome, refused } from './errors.ts';
import { activeDefinitionOf, clusterArnOf } from './names.ts';
import { type Launch, newTask, sizeOf } from './new-task.ts';
import { operation } from './operation.ts';
import type { EcsFailure, EcsOutput } from './output.ts';
import { fitFault, inputFault } from './run-task-fault.ts';
import { type RunTaskInput, runTaskInput } from './run-task-input.ts';
import type { EcsTask } from './task.ts';
import { chargeLaunches } from './throttle.ts';
import { fingerprintOf, keepToken, liveTokenOf, replayOf, tokenKeyOf } from './tokens.ts';
import type { Turn } from './turn.ts';
import { viewOf } from './views.ts';

/**
 * Starts tasks, or repeats the answer to an earlier call with the same client token. The token is
 * checked first, so its answer comes also when the definition or the capacity has gone since.
 * Missing capacity is an answer with status 200 and `failures` (ECS guide, API failure reasons).
 */
export const runTask = operation(runTaskInput, (turn, input) => {
  const cluster = clusterArnOf(turn.state, input.cluster);
  if (!cluster.ok) return cluster;
  const fault = inputFault(input);
  if (fault !== undefined) return refused(fault);
  const tokenKey = tokenKeyOf(cluster.output, input.clientToken);
  return (
    replay(turn, input, tokenKey) ?? launch(turn, { input, clusterArn: cluster.output, tokenKey })
  );
});

const replay = (
  turn: Turn,
  input: RunTaskInput,
  tokenKey: string | undefined,
): Outcome<EcsOutput> | undefined => {
  const token = tokenKey === undefined ? undefined : liveTokenOf(turn.state, tokenKey, turn.now);
  if (token === undefined) return undefined;
  return token.fingerprint === fingerprintOf(input)
    ? fine(replayOf(turn, token))
    : refused(conflict(token.taskArns));
};

const launch = (turn: Turn, call: Omit<Launch, 'definition'>): Outcome<EcsOutput> => {
  const definition = activeDefinitionOf(turn.state, call.input.taskDefinition ?? '');
  if (!definition.ok) return definition;
  const asked: Launch = { ...call, definition: definition.output };
  const fault = fitFault(asked.input, asked.definition);
  if (fault !== undefined) return refused(fault);
  const providers = providersFor(turn.state, asked.input, asked.definition);
  if (!providers.ok) return providers;
  const paid = chargeLaunches(turn, providers.output);
  if (!paid.ok) return paid;
  const results = providers.output.map((provider) => launchOne(turn, asked, provider));
  const tasks = results.flatMap((result) => ('task' in result ? [result.task] : []));
  const failures = results.flatMap((result) => ('failure' in result ? [result.failure] : []));
  if (asked.tokenKey !== undefined) {
    keepToken(turn, asked.tokenKey, {
      fingerprint: fingerprintOf(asked.input),
      taskArns: tasks.map((task) => task.arn),
      failures,
    });
  }
  return fine({ tasks: tasks.map((task) => viewOf(task, { tags: true })), failures });
};

const launchOne = (
  turn: Turn,
  asked: Launch,
  provider: string,
): { readonly task: EcsTask } | { readonly failure: EcsFailure } => {
  const room = roomFor(turn.state, provider, sizeOf(asked).cpu);
  if (room.is === 'refused') return { failure: room.failure };
  const doom = room.is === 'open, fails later' ? { doom: room.reason } : {};
  const dueAt = inMs(turn, turn.state.options.delaysMs.provisioning);
  return { task: addTask(turn, { ...newTask(turn, asked, provider), ...doom, dueAt }) };
};
