import type { Container } from '../container.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Row } from './item.ts';

/**
 * Whether the container is of a row that a restored table does not have, and this row is a later one of the same task: the message, or
 * a cancel, came again (docs/guarantees.md, case 6). Or the table has the row as it was before this run, which it does not know: then
 * an alarm names the container, and no one stops it.
 */
export const isOfLostRow = (
  { plan }: Pick<LiveWorld, 'plan'>,
  { startedAt, run: ofContainer }: Container,
  { createdAt, run }: Row,
): boolean =>
  (startedAt < Date.parse(createdAt) || run < ofContainer) &&
  plan.happenings.some(({ kind }) => kind === 'restore');
