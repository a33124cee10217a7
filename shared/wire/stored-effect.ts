import * as v from 'valibot';
import type { Effect, EffectOf, EventBody } from '../core/effect.ts';
import { endpointSchema, whatSchema } from './row-parts.ts';
import { type FieldsOf, storedTime } from './stored-time.ts';
import {
  arn,
  count,
  maybeCount,
  maybeExitCode,
  maybeName,
  maybeSentence,
  maybeTime,
  name,
  run,
  sentence,
  short,
} from './stored-values.ts';

// Loose objects: an effect is written back whole, so it must keep the fields that a newer Davit has put into it.

const eventBodySchema = v.looseObject({
  tool: maybeName,
  version: maybeName,
  run,
  attempts: count,
  tenant: name,
  placement: maybeName,
  exitCode: maybeExitCode,
  outcome: maybeSentence,
  reason: maybeSentence,
  endpoint: v.exactOptional(endpointSchema),
  cause: maybeName,
  askedAgainAt: maybeTime,
  dropped: maybeCount,
} satisfies FieldsOf<EventBody>);

const named = { id: short, run };

// The first release stored this word, and rows with it stay readable both ways.
const storedNotify = 'tell';

/*
 * The release before this one knows neither `count` nor an event `waiting`, and a word that it does not know would make the row
 * unreadable for it. It reads both as places to free, which it cannot do and leaves in the outbox, with all their fields. They stay in
 * the outbox, and are no attributes of their own, so that the write of the move keeps them and the index finds them.
 */
const storedAsPlace = 'free';

const notice = {
  ...named,
  to: v.picklist(['event', 'reply', 'bus']),
  at: storedTime,
  sequence: count,
  body: eventBodySchema,
  notBefore: maybeTime,
};

/** An effect that is still to be carried out. */
export const effectSchema = v.variant('kind', [
  v.pipe(
    v.looseObject({
      kind: v.pipe(
        v.literal(storedAsPlace),
        v.transform(() => 'count' as const),
      ),
      ...named,
      tool: name,
      version: name,
      definition: arn,
      saw: v.picklist(['failedStart', 'start', 'success']),
      at: storedTime,
      why: maybeSentence,
    } satisfies FieldsOf<EffectOf<'count'>>),
    v.transform(({ limit: _limit, ...effect }) => effect),
  ),
  v.pipe(
    v.looseObject({
      ...notice,
      kind: v.pipe(
        v.literal(storedAsPlace),
        v.transform(() => 'notify' as const),
      ),
      what: v.literal('waiting'),
    } satisfies FieldsOf<EffectOf<'notify'>>),
    v.transform(({ limit: _limit, ...effect }) => effect),
  ),
  v.looseObject({ kind: v.literal('doorbell'), ...named }),
  v.looseObject({ kind: v.literal('free'), ...named, limit: short }),
  v.looseObject({ kind: v.literal('dead'), ...named, reason: sentence }),
  v.looseObject({ kind: v.literal('stop'), ...named, ecsTaskArn: arn, why: sentence }),
  v.looseObject({
    kind: v.pipe(
      v.literal(storedNotify),
      v.transform(() => 'notify' as const),
    ),
    ...notice,
    what: whatSchema,
  } satisfies FieldsOf<EffectOf<'notify'>>),
]);

/** An effect as it is stored; `effectSchema` reads it back. */
export const storedEffect = (effect: Effect): object => {
  if (effect.kind === 'count')
    return { ...effect, kind: storedAsPlace, limit: `version/${effect.tool}/${effect.version}` };
  if (effect.kind !== 'notify') return effect;
  return effect.what === 'waiting'
    ? { ...effect, kind: storedAsPlace, limit: 'waiting' }
    : { ...effect, kind: storedNotify };
};
