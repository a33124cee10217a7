import type { Chance } from '../chance.ts';
import type { Called } from '../flow-calls.ts';
import type { Frame } from '../plan-frame.ts';
import type { Shape } from './theme.ts';

/** What lets functions make some calls that they seldom make, and these calls. */
export type Scene = (
  chance: Chance,
  frame: Frame,
) => { readonly shape: Shape; readonly calls: readonly Called[] };
