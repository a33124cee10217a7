import type { Container } from '../container.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Row } from './item.ts';

/**
 * Whether the container is of a row that a restored table does not have, and this row is a later one of the same task: the message, or
 * a cancel, came again (docs/guarantees.md, case 6).
 */
export const isOfLostRow = (
  { plan }: Pick<LiveWorld, 'plan'>,
  { startedAt }: Container,
  { createdAt }: Row,
): boolean =>
  startedAt < Date.parse(createdAt) && plan.happenings.some(({ kind }) => kind === 'restore');
