import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { newLimit } from '../../shared/core/limit.ts';
import { limitOf, stageLimit } from '../../shared/core/limit-name.ts';
import type { ToolState } from '../../shared/core/tool.ts';
import { limitToday } from '../../shared/flows/limit-today.ts';
import { second, start } from '../kit/facts.ts';
import { echoSpec } from '../kit/site.ts';
import { memoryClock } from '../memory/clock.ts';

/** What SSM says of a limit with these tools; every other tool is unknown, and the stage has a limit or has none. */
const today = async (
  name: string,
  tools: Readonly<Record<string, ToolState>>,
  { hasStageLimit, find }: { readonly hasStageLimit: boolean; readonly find?: () => ToolState },
) => {
  const other: ToolState = { kind: 'unknown', ...(hasStageLimit ? { hasStageLimit } : {}) };
  const terms = {
    maxRunning: 4,
    ...(name === stageLimit ? { tools: Object.keys(tools).map((tool) => ({ tool })) } : {}),
  };
  const ports = {
    clock: memoryClock(),
    tools: { find: async (tool: string) => tools[tool] ?? find?.() ?? other },
  };
  return limitToday(ports, newLimit(name, terms, start));
};

const unknown: ToolState = { kind: 'unknown' };
const unreadable: ToolState = { kind: 'unreadable', why: 'a test' };
const free: ToolState = { kind: 'known', spec: echoSpec };
const limited: ToolState = { kind: 'known', spec: { ...echoSpec, maxRunning: 2 } };
const atStage: ToolState = { ...free, stageMaxRunning: 4 };

describe('the limit of the stage is removed', () => {
  it.each([
    ['not while a tool says it', { echo: atStage, film: free }, false, false],
    ['when its tools say that there is none', { echo: free, film: unknown }, false, true],
    ['not while a tool cannot be looked up', { echo: free, film: unreadable }, false, false],
    ['not when all its tools are gone and its parameter is not', { echo: unknown }, true, false],
    ['when all its tools and its parameter are gone', { echo: unknown }, false, true],
    ['not when it has no tools, while its parameter is there', {}, true, false],
    ['when it has no tools, and its parameter is gone', {}, false, true],
    ['not when its tools are of a moment ago and it is set by now', { echo: free }, true, false],
  ])('%s', async (_when, tools, hasStageLimit, isRemoved) => {
    expect(await today(stageLimit, tools, { hasStageLimit })).toMatchObject({ isRemoved });
  });

  it('not when its parameter cannot be read', async () => {
    const find = () => unreadable;
    const found = await today(stageLimit, { echo: unknown }, { hasStageLimit: false, find });
    expect(found).toMatchObject({ isRemoved: false, terms: undefined });
  });

  it('not when a tool with the name of the stage says it', async () => {
    const find = () => atStage;
    const found = await today(stageLimit, { echo: unknown }, { hasStageLimit: false, find });
    expect(found).toMatchObject({ isRemoved: false });
  });
});

describe('the limit of a tool is removed', () => {
  it.each([
    ['not while its tool says it', limited, false, false],
    ['when its tool has none', free, false, true],
    ['when its tool is gone', unknown, false, true],
    ['when its tool is gone and the stage has a limit', unknown, true, true],
    ['when the limit of the stage counts it', { ...limited, stageMaxRunning: 4 }, true, true],
    ['not while its tool cannot be looked up', unreadable, false, false],
  ] as const)('%s', async (_when, echo, hasStageLimit, isRemoved) => {
    expect(await today(limitOf('echo'), { echo }, { hasStageLimit })).toMatchObject({ isRemoved });
  });
});

it('looks up many tools ten at once, and then at most twenty a second', async () => {
  const clock = memoryClock();
  const asked: number[] = [];
  const find = async (): Promise<ToolState> => {
    asked.push(clock.now() - begunAt);
    return atStage;
  };
  const begunAt = clock.now();
  const tools = Array.from({ length: 50 }, (_, n) => ({ tool: `tool-${n}` }));
  const found = limitToday(
    { clock, tools: { find } },
    newLimit(stageLimit, { maxRunning: 4, tools }, start),
  );
  await setImmediate();
  await clock.advance(3 * second);
  expect((await found)?.running).toHaveLength(50);
  expect(asked.filter((ms) => ms === 0)).toHaveLength(10);
  expect(asked.filter((ms) => ms <= second)).toHaveLength(30);
  expect(Math.max(...asked)).toBe(2 * second);
});
