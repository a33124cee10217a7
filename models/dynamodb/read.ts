import { type Answer, fine } from '../answer.ts';
import { drawnFrom } from '../random.ts';
import { expressionsIn } from './expressions/in-request.ts';
import { projected } from './expressions/project.ts';
import { itemAsOf, keyTextOf, textIn } from './items.ts';
import { keyRefusal } from './keys.ts';
import { checked, getInput, invalid } from './requests.ts';
import { throttled } from './throttle.ts';
import type { Turn } from './turn.ts';
import type { TableOutput } from './types.ts';

/** GetItem. Without ConsistentRead it may show the item as it was a moment ago. */
export const getItem = (turn: Turn, input: unknown): Answer<TableOutput> =>
  checked(getInput, input, (request) => {
    const { keys, readLagMs } = turn.state.options;
    const expressions = expressionsIn(request);
    if (!expressions.ok) return invalid(expressions.why);
    const refusal = keyRefusal(request.Key, keys);
    if (refusal !== undefined) return invalid(refusal);
    const partition = textIn(request.Key, keys.partition.name);
    const refusedNow = throttled(turn.state, [{ partition }], turn.now);
    if (refusedNow !== undefined) return refusedNow;
    const lagMs = request.ConsistentRead === true ? 0 : drawnFrom(turn.rng, readLagMs);
    const item = itemAsOf(turn.state, keyTextOf(keys, request.Key), turn.now - lagMs);
    if (item === undefined) return fine({});
    const { projection } = expressions.content;
    return fine({ Item: projection === undefined ? item : projected(item, projection) });
  });
