import { conditions } from './conditions.ts';
import { queries } from './queries.ts';
import { readsAndItems } from './reads-and-items.ts';
import type { TableCase } from './table-case.ts';
import { updates } from './updates.ts';

/** What the model and the local endpoint must answer alike. */
export const tableCases: readonly TableCase[] = [
  ...updates,
  ...conditions,
  ...queries,
  ...readsAndItems,
];
