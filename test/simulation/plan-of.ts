import { chanceOf } from './chance.ts';
import type { Happening } from './happening.ts';
import { type Plan, toolOf, traitsOf } from './plan.ts';
import { type Frame, minute } from './plan-frame.ts';
import { happeningsOf } from './plan-happenings.ts';
import { pickTheme } from './themes/pick.ts';
import type { Shape } from './themes/theme.ts';

/** 2026-11-24T14:00:00Z. */
const startOfAll = Date.UTC(2026, 10, 24, 14);

/** The plan of a seed: at least eight tasks, four kinds of fault and a crash. */
export const planOf = (seed: number): Plan => {
  const chance = chanceOf(seed, 'plan');
  const themeChance = chanceOf(seed, 'theme');
  const theme = pickTheme(themeChance);
  const start = startOfAll;
  const calmAt = start + (theme?.troubledMs?.(themeChance) ?? chance.whole(10, 40) * minute);
  const tools = (['echo', 'film', 'talk'] as const).map((name) => toolOf(name, chance));
  const frame: Frame = { start, calmAt, tools: tools.map(({ name }) => name) };
  const shape = theme?.shape(themeChance, frame);
  return {
    seed,
    start,
    calmAt,
    traits: { ...traitsOf(chance), ...shape?.traits },
    tools: tools.map(shape?.tool ?? ((tool) => tool)),
    happenings: [
      ...happeningsOf(chance, frame).map((one) => shaped(one, shape)),
      ...(shape?.happenings ?? []),
    ].toSorted((a, b) => a.at - b.at),
  };
};

/** A happening that the theme does not know, as it lets it happen. */
const shaped = (one: Happening, { spared = [], deployedBy }: Partial<Shape> = {}): Happening => {
  if (one.kind === 'trouble' && spared.includes(one.service))
    return { ...one, until: Math.min(one.until, one.at + 20_000) };
  if (one.kind === 'deploy' && deployedBy !== undefined)
    return { ...one, at: Math.min(one.at, deployedBy) };
  return one;
};
