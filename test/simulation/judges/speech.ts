import type { Letter } from '../../../shared/rabbit/lane.ts';
import { nameOf } from '../container.ts';
import { fieldsOf } from '../fields.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Item, Watchers } from '../watchers.ts';
import { Violation } from './violation.ts';

/** What a line of the world's containers names: `task-1/2`. Undefined for a result that the plan itself brought. */
const ofIn = (value: unknown): string | undefined => {
  const { of } = fieldsOf(value);
  return typeof of === 'string' ? of : undefined;
};

const jsonIn = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
};

/** Judges what tools say: nothing is taken for another run's, no output is lost, and a result is there or said to be missing. */
export const judgeSpeech = (worldOf: () => LiveWorld) => {
  /** The ids of lines that were published as output, and when progress was published, by run and audience. */
  const published = new Set<string>();
  const progressAt = new Map<string, Progress>();
  /** When relay decided to publish progress, by its own clock, as the item of the run's lines has it: by run and line. */
  const decidedAt = new Map<string, number>();
  const seen = new Set<string>();

  const judgeOwner = (value: unknown, run: string, where: string): void => {
    const of = ofIn(value);
    if (of !== undefined && of !== run)
      throw new Violation('speech', `${where} of ${run} has what ${of} has printed`);
  };

  const judgePace = (id: string, run: string): void => {
    const { timeline, plan, troubleOf } = worldOf();
    const line = `${run} ${/\/(event|reply)\.progress/.exec(id)?.[1]}`;
    const last = progressAt.get(line);
    const now = timeline.now();
    const decided = decidedAt.get(`${run} ${/progress\.(\d+)$/.exec(id)?.[1]}`);
    // The decision is written before it is carried out, and a table that fails once takes the better part of a second for that.
    const isApart =
      decided !== undefined && last?.decided !== undefined && decided - last.decided >= apartMs;
    // The clocks of two processes differ, and a message takes some time to the broker.
    const least = 500 - 2 * plan.traits.skewMs;
    // A slow broker takes seconds for a message, and then two of them arrive together.
    const isSlow = ['slow', 'throttling'].includes(troubleOf('rabbitmq') ?? '');
    if (isBelated(id, worldOf())) return;
    if (!isSlow && !isApart && last !== undefined && now - last.at < least && !seen.has(id))
      throw new Violation(
        'speech',
        `progress of ${run} was published ${now - last.at} ms after other`,
      );
    if (!seen.has(id)) progressAt.set(line, { at: now, decided });
    seen.add(id);
  };

  /** The previous release sends replies without results, and a plan may deploy it. */
  const isMixed = (): boolean => worldOf().plan.happenings.some(({ kind }) => kind === 'deploy');

  const judgeReply = (data: Readonly<Record<string, unknown>>, run: string): void => {
    const { plan } = worldOf();
    const tool = plan.tools.find(({ name }) => name === data.tool);
    if (!tool?.spec.result || isMixed()) return;
    if (data.result === undefined && data.resultMissing === undefined)
      throw new Violation(
        'speech',
        `the reply of ${run} was sent without its result, and says not why`,
      );
  };

  const watchers: Pick<Watchers, 'written' | 'published'> = {
    written: (_before, after) => {
      const { progressAt: at, progressSentAt: decided } = after;
      const ofLines = after.taskId?.S?.replace(/^#lines\//, '');
      if (at !== undefined && decided !== undefined)
        decidedAt.set(`${ofLines} ${at.N}`, Number(decided.N));
      const { toolResult, resultRun, run, taskId } = after;
      if (toolResult === undefined || resultRun?.N !== run?.N) return;
      judgeOwner(jsonIn(toolResult.S), `${taskId?.S}/${run?.N}`, 'the row');
    },
    published: ({ properties, body }: Letter) => {
      const { type = '', messageId = '' } = properties;
      if (!worldOf().plan.traits.speech || !type.startsWith('davit.task.')) return;
      const event = fieldsOf(jsonIn(Buffer.from(body).toString()));
      const data = fieldsOf(event.data);
      const run = `${data.taskId}/${data.run}`;
      judgeOwner(data.result, run, `the event ${messageId}`);
      judgeOwner(data.output, run, `the event ${messageId}`);
      judgeOwner({ of: data.step }, run, `the event ${messageId}`);
      if (type === 'davit.task.output') published.add(messageId);
      if (type === 'davit.task.progress') judgePace(messageId, run);
      if (type === 'davit.task.succeeded' && messageId.includes('/reply.')) judgeReply(data, run);
    },
  };

  return {
    watchers,
    atEnd: () => {
      const { cloud, plan } = worldOf();
      // A restored table does not know the runs since its backup.
      if (plan.happenings.some(({ kind }) => kind === 'restore')) return;
      const outputs = cloud.toolLogs.all.filter(({ message }) =>
        message.startsWith('DAVIT_OUTPUT'),
      );
      const unpublished = outputs.find(
        ({ container, id, isLost }) =>
          !isLost &&
          !published.has(`${nameOf(container)}/event.output.${id}`) &&
          isKnown(cloud.itemOf(container.taskId), container.taskArn),
      );
      if (unpublished)
        throw new Violation('speech', `no event was published of ${unpublished.message}`);
    },
  };
};

/** Progress that was published, and when that was decided: undefined where no item says it. */
interface Progress {
  readonly at: number;
  readonly decided: number | undefined;
}

/** Two decisions about one run are so far apart (docs/messages.md, `DAVIT_PROGRESS`). */
const apartMs = 1_000;

/** A process that has frozen when it was about to send progress sends it when Lambda uses it again, among that of later lines. */
const isBelated = (id: string, { timeline, plan }: LiveWorld): boolean =>
  plan.happenings.some(
    (one) => one.kind === 'crash' && one.point.how === 'freeze' && one.point.flow === 'relay',
  ) && timeline.now() - Number(/progress\.(\d+)$/.exec(id)?.[1]) > belatedMs;

/** Longer than lines take to relay in most worlds. */
const belatedMs = 30_000;

/** Whether the row knows this ECS task as one of its runs. */
const isKnown = (item: Item | undefined, taskArn: string): boolean =>
  JSON.stringify(item ?? {}).includes(taskArn);
