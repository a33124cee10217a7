import { attributeNames } from '../../../shared/aws/row.ts';
import { laterField } from '../task-table.ts';
import type { Item, Watchers } from '../watchers.ts';
import { describe, hasEnded, type Row, rowIn } from './item.ts';
import { Violation } from './violation.ts';

/** Judges each write of a row by itself: numbers only rise, what has ended stays ended, and nothing foreign comes in. */
export const judgeRows = (): Pick<Watchers, 'written' | 'writeRefused'> => ({
  writeRefused: (taskId, why) => {
    throw new Violation('attributes', `the table refused to write row ${taskId}: ${why}`);
  },
  written: (beforeItem, afterItem) => {
    const after = rowIn(afterItem);
    if (after === undefined) return;
    judgeAttributes(beforeItem, afterItem);
    const before = beforeItem && rowIn(beforeItem);
    if (before === undefined) return;
    judgeRevision(before, after);
    judgeChange(beforeItem ?? {}, afterItem);
    judgeRun(before, after);
    judgePhase(before, after);
    judgeSightings(before, after);
  },
});

const declared: ReadonlySet<string> = new Set([...attributeNames, laterField]);

/** Also an attribute that only a later release knows is kept. */
const judgeAttributes = (before: Item | undefined, after: Item): void => {
  const foreign = Object.keys(after).find((name) => !declared.has(name));
  if (foreign !== undefined)
    throw new Violation(
      'attributes',
      `row ${after.taskId?.S} has the foreign attribute ${foreign}`,
    );
  if (before?.[laterField] !== undefined && after[laterField] === undefined)
    throw new Violation(
      'attributes',
      `row ${after.taskId?.S} lost an attribute of a later release`,
    );
};

/** What every write changes. */
const stamps = [
  'revision',
  'updatedAt',
  'writeId',
  'dueAt',
  'waitingFor',
  'dueIn',
  'outboxAt',
  'outboxIn',
];

/** A fact that says nothing new is not written: an event that comes twice does nothing twice. */
const judgeChange = (before: Item, after: Item): void => {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const name of stamps) names.delete(name);
  const isChanged = [...names].some(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  if (!isChanged && before.revision?.N !== after.revision?.N)
    throw new Violation(
      'idle',
      `row ${after.taskId?.S} was written as revision ${after.revision?.N}, and nothing had changed`,
    );
};

const judgeRevision = (before: Row, after: Row): void => {
  // Only times and sentences that follow from the row may be written without a new revision.
  if (after.revision === before.revision && isSame(before, after)) return;
  if (after.revision !== before.revision + 1)
    throw new Violation(
      'revision',
      `${both(before, after)}: revision ${before.revision} became ${after.revision}`,
    );
};

const isSame = (before: Row, after: Row): boolean =>
  before.phase === after.phase &&
  before.run === after.run &&
  before.attempts === after.attempts &&
  before.ecsTaskArn === after.ecsTaskArn &&
  idsOf(before) === idsOf(after);

const idsOf = ({ outbox }: Row): string => outbox.map(({ id }) => id).join();

const judgeRun = (before: Row, after: Row): void => {
  if (after.run < before.run)
    throw new Violation('run number', `${both(before, after)}: a run number fell`);
  if (after.attempts < before.attempts && after.queuedAt === before.queuedAt)
    throw new Violation(
      'attempts',
      `${both(before, after)}: attempts fell from ${before.attempts} to ${after.attempts}`,
    );
  const isSameTask = after.run === before.run && after.ecsTaskArn === before.ecsTaskArn;
  if (isSameTask && after.ecsVersion < before.ecsVersion)
    throw new Violation(
      'ECS version',
      `${both(before, after)}: ECS's version fell from ${before.ecsVersion} to ${after.ecsVersion}`,
    );
};

const ranks: Readonly<Record<string, number>> = {
  QUEUED: 0,
  LAUNCHING: 1,
  STARTING: 2,
  RUNNING: 3,
};
const rankOf = ({ phase }: Row): number => ranks[phase] ?? 4;

const judgePhase = (before: Row, after: Row): void => {
  if (isRedrive(before, after)) {
    if (after.run === before.run + 1) return;
    throw new Violation('run number', `${both(before, after)}: a redrive must be the next run`);
  }
  if (hasEnded(before) && after.phase !== before.phase)
    throw new Violation('ended', `${both(before, after)}: it had ended`);
  if (after.run === before.run && rankOf(after) < rankOf(before))
    throw new Violation('phase', `${both(before, after)}: the phase of a run fell`);
};

/** A run begins to run once: a sighting of a version that the row has seen says nothing new. */
const judgeSightings = (before: Row, after: Row): void => {
  if (before.phase !== 'RUNNING' || after.phase !== 'RUNNING' || before.run !== after.run) return;
  const known = new Set(before.outbox.map(({ id }) => id));
  const told = after.outbox.find(({ id, what }) => what === 'running' && !known.has(id));
  if (told !== undefined)
    throw new Violation(
      'ECS version',
      `${describe(after)} ran already, and ${told.id} says it again`,
    );
};

const isRedrive = (before: Row, after: Row): boolean =>
  (before.phase === 'FAILED' || before.phase === 'REJECTED') &&
  after.phase === 'QUEUED' &&
  after.queuedAt !== before.queuedAt;

const both = (before: Row, after: Row): string => `${describe(before)} became ${describe(after)}`;
