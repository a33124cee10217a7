import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Limit,
  newLimit,
  type RunAtLimit,
  takenBy,
  takenIn,
} from '../../shared/core/limit.ts';
import { runAtLimit } from '../../shared/core/limit-key.ts';
import { stageLimit } from '../../shared/core/limit-name.ts';
import { askPlace, confirm, free, reserve } from '../../shared/core/limit-places.ts';
import {
  fullFor,
  marked,
  openQueues,
  queueOf,
  readUpTo,
  unmarked,
  withTerms,
} from '../../shared/core/limit-queues.ts';
import { fullSentence } from '../../shared/core/limit-sentence.ts';
import { nextInTurn, reservedInTurn, type Waiter } from '../../shared/core/limit-turn.ts';
import { limitFields, limitIn } from '../../shared/wire/limit-item.ts';
import { minute, sha256, start } from '../kit/facts.ts';

/** A stage for three runs, where echo may have two of them, and one for each tenant. */
const tools = [{ tool: 'echo', maxRunning: 2, maxPerTenant: 1 }, { tool: 'film' }];
const open: Limit = {
  ...newLimit(stageLimit, { maxRunning: 3, tools }, start),
  checkedAt: start,
};
const at = (taskId: string, tool: string, tenant = 'acme'): RunAtLimit =>
  runAtLimit({ taskId, run: 1, tenant, tool }, sha256);
const waiter = (taskId: string, tool: string, tenant: string, since = start): Waiter => ({
  ...at(taskId, tool, tenant),
  since,
});
const many = (tool: string, count: number): readonly RunAtLimit[] =>
  Array.from({ length: count }, (_, n) => at(`${tool}-${n}`, tool, `t${n}`));
const placing = (limit: Limit, ...runs: readonly RunAtLimit[]): Limit =>
  runs.reduce((each, run) => confirm(reserve(each, run, start), run), limit);

describe('the limit of the stage', () => {
  it.each([
    ['a place is free', open, undefined],
    ['all places of the stage are taken', placing(open, ...many('film', 3)), 'limit'],
    [
      'the tool has as many as it may have',
      placing(open, at('b', 'echo', 'b'), at('c', 'echo', 'c')),
      'tool',
    ],
    ['the tenant has as many of the tool', placing(open, at('b', 'echo')), 'tenant'],
    ['the tenant has one of another tool', placing(open, at('b', 'film')), undefined],
  ])('when %s', (_when, limit, why) => {
    expect(fullFor(limit, at('a', 'echo'))).toBe(why);
    expect(askPlace(limit, at('a', 'echo'), start).answer).toBe(why ? 'full' : 'granted');
  });

  it('lets a new task wait behind those of other tools, unless their tool is full', () => {
    const waits = marked(open, 'echo', start);
    expect(askPlace(waits, at('a', 'film'), start).answer).toBe('turn');
    const full = placing(waits, at('b', 'echo', 'b'), at('c', 'echo', 'c'));
    expect(openQueues(full)).toEqual([]);
    expect(askPlace(full, at('a', 'film'), start).answer).toBe('granted');
  });

  it('marks for each tool apart that its tasks wait', () => {
    const both = marked(marked(open, 'echo', start), 'film', start + minute);
    expect(openQueues(both).map(({ tool }) => tool)).toEqual(['echo', 'film']);
    const one = unmarked(both, 'echo', start + 2 * minute);
    expect(openQueues(one).map(({ tool }) => tool)).toEqual(['film']);
  });

  it('hears of a tool when it is asked, and keeps what it knows of the others', () => {
    const more = withTerms(marked(open, 'film', start), {
      maxRunning: 5,
      tools: [{ tool: 'talk', maxRunning: 4 }],
    });
    expect(more).toMatchObject({
      maxRunning: 5,
      tools: [
        ...tools.slice(0, 1),
        { tool: 'film', waitsSince: start },
        { tool: 'talk', maxRunning: 4 },
      ],
    });
    expect(withTerms(more, { maxRunning: 5, tools: [{ tool: 'talk', maxRunning: 4 }] })).toBe(more);
  });
});

describe('the next place of the stage', () => {
  it('goes to the tenant with the fewest runs in all tools, and then to the oldest task', () => {
    const limit = placing(open, at('x', 'film', 'flood'), at('y', 'film', 'flood'));
    const old = waiter('old', 'echo', 'flood', start - minute);
    expect(nextInTurn(limit, [old, waiter('young', 'film', 'light')])?.taskId).toBe('young');
    expect(nextInTurn(limit, [old])?.taskId).toBe('old');
  });

  it('passes over the tasks of a tool, and of a tenant of it, that may not have more', () => {
    const limit = placing(open, at('x', 'echo', 'beta'));
    const own = waiter('own', 'echo', 'beta', start - minute);
    const film = waiter('film', 'film', 'beta');
    expect(nextInTurn(limit, [own])).toBeUndefined();
    expect(nextInTurn(limit, [own, film])?.taskId).toBe('film');
    const chosen = reservedInTurn(
      open,
      [own, waiter('b', 'echo', 'b'), waiter('c', 'echo', 'c')],
      start,
    );
    expect(chosen.chosen.map(({ taskId }) => taskId)).toEqual(['own', 'b']);
  });
});

it('never gives more places than the stage, a tool or a tenant of it may have', () => {
  const change = fc.record({
    kind: fc.constantFrom('ask', 'confirm', 'free'),
    task: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    tool: fc.constantFrom('echo', 'film'),
    tenant: fc.constantFrom('acme', 'beta'),
  });
  const changes = {
    ask: (limit: Limit, run: RunAtLimit) => askPlace(limit, run, start).limit,
    confirm,
    free,
  };
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (made) => {
      let limit = open;
      for (const { kind, task, tool, tenant } of made) {
        limit = changes[kind](limit, at(`${task}-${tool}-${tenant}`, tool, tenant));
        expect(takenIn(limit)).toBeLessThanOrEqual(3);
        expect(takenBy(limit, { tool: 'echo' })).toBeLessThanOrEqual(2);
        expect(takenBy(limit, at('', 'echo', tenant))).toBeLessThanOrEqual(1);
      }
    }),
  );
});

describe('the item of the stage', () => {
  const used = marked(
    reserve(placing(open, at('a', 'echo'), at('b', 'film')), at('c', 'film', 'beta'), start),
    'film',
    start,
  );

  it.each([
    ['new', open],
    ['used', used],
    ['asked in part', readUpTo(used, 'film', 'acme')],
  ])('is read as it was written, when it is %s', (_how, limit) => {
    const written: Limit = { ...limit, revision: 3 };
    expect(limitIn({ taskId: '#stage', ...limitFields(written) })).toEqual(written);
  });

  it('has 21 characters for a run that was confirmed, and names its tool once', () => {
    const fields = limitFields(used);
    expect(fields.placedRuns).toEqual([
      expect.stringMatching(/^[0-9a-f]{20}0$/),
      expect.stringMatching(/^[0-9a-f]{20}1$/),
    ]);
    expect(fields.tools).toEqual(['echo 2 1 - -', `film - - ${start.toString(36)} -`]);
  });

  it('has the tool of each of its runs, also when the stage did not know it', () => {
    const found = placing(open, at('t', 'talk'));
    const read = limitIn({ taskId: '#stage', ...limitFields({ ...found, revision: 1 }) });
    expect(read.placed).toEqual(found.placed);
    expect(queueOf(read, 'talk')).toEqual({ tool: 'talk' });
  });
});

it.each([
  [
    'the stage',
    placing(open, ...many('film', 3)),
    '3 of 3 runs are running, of all tools of the stage',
  ],
  [
    'the tool',
    placing(open, at('b', 'echo', 'b'), at('c', 'echo', 'c')),
    '2 of 2 echos are running',
  ],
  ['the tenant', placing(open, at('b', 'echo')), '1 of 1 echo is running, of tenant acme'],
  [
    'the count',
    newLimit(stageLimit, { maxRunning: 3, tools }, start),
    'the stage has a limit of 3 since a moment ago; what runs already is counted first',
  ],
])('a task is told that it waits for %s', (_what, limit, sentence) => {
  expect(fullSentence(limit, { ...at('a', 'echo'), named: 'acme' })).toBe(sentence);
});
