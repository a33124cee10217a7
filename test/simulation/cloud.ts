import { parameterText } from '../../shared/wire/spec.ts';
import type { Outcome, Perform } from './calls.ts';
import { type EcsCluster, ecsClusterOf } from './ecs-cluster.ts';
import { fieldsOf, listOf } from './fields.ts';
import { names } from './names.ts';
import { parametersOf } from './parameters.ts';
import { type TaskTable, taskTableOf } from './task-table.ts';
import { type ToolLogs, toolLogsOf } from './tool-logs.ts';
import type { World } from './world.ts';

/** A limit of the stage, and since when. */
export interface StageLimitOfWorld {
  readonly at: number;
  readonly maxRunning: number | undefined;
}

/** AWS's services in a world. */
export interface Cloud extends Omit<EcsCluster, 'call'>, Omit<TaskTable, 'call'> {
  readonly perform: Perform;
  readonly toolLogs: ToolLogs;
  /** The parameters of tools: `echo/version`. */
  readonly putParameter: (name: string, value: string) => void;
  readonly deleteParameter: (name: string) => void;
  /** Sets the limit of the stage, or removes it. */
  readonly setStageLimit: (maxRunning: number | undefined) => void;
  /** Every limit that the stage has had, the last one of today; undefined where it was removed. */
  readonly stageLimits: () => readonly StageLimitOfWorld[];
  /** Since when a tool is paused. */
  readonly pausedSince: (tool: string) => number | undefined;
  /** Pushes an image; the same tag again gives another image. */
  readonly push: (tool: string, version: string) => void;
  /** The image that a name means now: a tag may be pushed again. */
  readonly imageOf: (name: string) => string;
  /** The live record of a tool, as SSM has it. */
  readonly liveOf: (tool: string) => string | undefined;
}

/** Begins with an empty table, and with the plan's tools, pinned to 1.0.0. `send` takes the events of ECS; `onBroken` is called for the event of a broken version, `onChanged` for that of a parameter that says what may be launched. */
export const cloudOf = (
  world: World,
  send: (event: string) => void,
  onBroken: () => void = () => {},
  onChanged: (name: string) => void = () => {},
): Cloud => {
  const { watchers, plan } = world;
  const toolLogs = toolLogsOf(world);
  const { call: callEcs, ...cluster } = ecsClusterOf(world, send, toolLogs.write);
  const { call: callTable, ...table } = taskTableOf(world);
  const parameters = parametersOf(world);
  /** How often each image was pushed. */
  const images = new Map<string, number>();

  const describeImages = (input: unknown): Outcome => {
    const { repositoryName, imageIds } = fieldsOf(input);
    const { imageTag } = fieldsOf(listOf(imageIds)[0]);
    const image = `${String(repositoryName).split('/').at(-1)}:${imageTag}`;
    const pushes = images.get(image);
    const name = Buffer.from(`${pushes} ${image}`).toString('hex');
    const imageDigest = `sha256:${name.padEnd(64, '0').slice(0, 64)}`;
    return pushes !== undefined
      ? { ok: true, output: { imageDetails: [{ imageDigest }] } }
      : {
          ok: false,
          error: { code: 'ImageNotFoundException', message: `There is no image ${image}` },
        };
  };

  const putEvents = (input: unknown): Outcome => {
    const entries = listOf(fieldsOf(input).Entries).map(fieldsOf);
    for (const { Detail, DetailType } of entries) {
      watchers.put(String(Detail));
      if (DetailType === 'davit.version.broken') onBroken();
    }
    const Entries = entries.map((_entry, n) => ({ EventId: `event-${n}` }));
    return { ok: true, output: { FailedEntryCount: 0, Entries } };
  };

  const paused = new Map<string, number>();
  const stageLimits: StageLimitOfWorld[] = [];

  const changed = (name: string): void => {
    if (/[/](live|paused)$/.test(name)) onChanged(name);
  };

  const callParameters = (action: string, input: unknown, by: string): Outcome => {
    const { Name, Value } = fieldsOf(input);
    const before = parameters.valueOf(String(Name));
    const outcome = parameters.call(action, input);
    if (action === 'PutParameter' && outcome.ok) {
      watchers.parameterPut(String(Name), String(Value), by);
      watchers.parameterWritten(String(Name), before, String(Value));
      changed(String(Name));
    }
    return outcome;
  };

  const perform: Perform = (service, action, input, by) => {
    switch (service) {
      case 'dynamodb':
        return callTable(tableActionOf(action), input, by);
      case 'ecs':
        return callEcs(action, input);
      case 'ssm':
        return callParameters(action, input, by);
      case 'ecr':
        return describeImages(input);
      case 'eventBridge':
        return putEvents(input);
      case 'logs':
        return toolLogs.call(input);
    }
  };

  for (const { name, spec } of plan.tools) {
    parameters.put(`${names.prefix}/${name}/spec`, parameterText(spec));
    parameters.put(`${names.prefix}/${name}/version`, '1.0.0');
    images.set(`${name}:1.0.0`, 1);
  }

  return {
    ...cluster,
    ...table,
    perform,
    toolLogs,
    putParameter: (name, value) => {
      parameters.put(`${names.prefix}/${name}`, value);
      if (!paused.has(name)) paused.set(name, world.timeline.now());
      changed(`${names.prefix}/${name}`);
    },
    deleteParameter: (name) => {
      if (parameters.valueOf(`${names.prefix}/${name}`) === undefined) return;
      parameters.remove(`${names.prefix}/${name}`);
      paused.delete(name);
      changed(`${names.prefix}/${name}`);
    },
    setStageLimit: (maxRunning) => {
      const name = names.prefix.replace(/tools$/, 'maxRunning');
      stageLimits.push({ at: world.timeline.now(), maxRunning });
      if (maxRunning === undefined) parameters.remove(name);
      else parameters.put(name, `${maxRunning}`);
    },
    stageLimits: () => stageLimits,
    pausedSince: (tool) => paused.get(`${tool}/paused`),
    push: (tool, version) => {
      const image = `${tool}:${version}`;
      images.set(image, (images.get(image) ?? 0) + 1);
    },
    imageOf: (name) => {
      const image = name.split('/').at(-1) ?? '';
      return image.includes('@') ? image : `${image} push ${images.get(image)}`;
    },
    liveOf: (tool) => parameters.valueOf(`${names.prefix}/${tool}/live`),
  };
};

const tableActions = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'] as const;

const tableActionOf = (wanted: string) => {
  const action = tableActions.find((one) => one === wanted);
  if (action === undefined) throw new Error(`The simulated world does not expect ${wanted}.`);
  return action;
};
