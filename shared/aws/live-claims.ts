import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Pin } from '../core/release.ts';
import type { Releases } from '../ports/releases.ts';
import { iso } from '../wire/stored-time.ts';
import { callOptionsOf } from './call-options.ts';
import { conditionalUpdateOf, type ItemChange } from './conditional-update.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** A text that no one else has: two releases of the same pin are two claimants. */
  readonly newId: () => string;
  readonly signal?: AbortSignal;
}

// Longer than a release takes (an image, and two definitions at one a second), and short enough for an operator who waits.
const claimMs = 60_000;

/*
 * Why a live record does not go back to an older pin for long: the item keeps the newest parameters whose claim was closed (the
 * time of their writing, and their versions), and an older pin cannot be claimed. A release that stalled for longer than its claim
 * may still write an older record. The next comparison corrects that: the condition also holds for equal parameters, so that the
 * newer pin can be claimed again.
 */
const monotone =
  '(attribute_not_exists(changedAt) OR changedAt < :at OR changedAt > :soon OR NOT attribute_type(changedAt, :text) OR (changedAt = :at AND pinVersion <= :pin AND specVersion <= :spec))';
// A claim ends within a minute. Without an end, or with a later one, it was not written by release. The SDK repeats a call whose
// answer was lost, so the claim may be one's own.
const isFree =
  '(attribute_not_exists(claimedUntil) OR claimedUntil <= :now OR claimedUntil > :soon OR NOT attribute_type(claimedUntil, :text) OR claimedFor = :claim)';

/** The clocks of SSM and Lambda differ by less. A time in the item that is further ahead was written by hand, and is ignored. */
const soonMs = 24 * 60 * 60_000;

/** Claims on the items `#live/<tool>` of the task table. Throws when the table cannot be written. */
export const liveClaims = ({
  client,
  table,
  newId,
  signal,
}: Options): Pick<Releases, 'claim' | 'closeClaim'> => {
  const updateItem = conditionalUpdateOf({ client, table, callOptions: callOptionsOf(signal) });
  /** The names of the claims that were made here. */
  const claims = new Map<string, string>();

  const update = (tool: string, change: Omit<ItemChange, 'taskId' | 'subject'>): Promise<boolean> =>
    updateItem({ taskId: `#live/${tool}`, subject: `The claim of ${tool}`, ...change });

  return {
    claim: async (pin, now) => {
      const name = `${nameOf(pin)} by ${newId()}`;
      const isClaimed = await update(pin.tool, {
        UpdateExpression: 'SET claimedFor = :claim, claimedUntil = :until',
        ConditionExpression: `${monotone} AND ${isFree}`,
        values: {
          ':pin': pin.pinVersion,
          ':spec': pin.specVersion,
          ':at': iso(pin.changedAt),
          ':claim': name,
          ':until': iso(now + claimMs),
          ':now': iso(now),
          ':soon': iso(Math.max(now, pin.changedAt) + soonMs),
          ':text': 'S',
        },
      });
      if (isClaimed) claims.set(nameOf(pin), name);
      return isClaimed;
    },
    closeClaim: async (pin) => {
      // The condition fails only when the claim has ended and another release has taken it over: that one closes it.
      await update(pin.tool, {
        UpdateExpression:
          'SET pinVersion = :pin, specVersion = :spec, changedAt = :at REMOVE claimedFor, claimedUntil',
        // Only the newest pin could be claimed, and each claim has a name of its own, also a second one for the same pin: a call that
        // the SDK repeats never closes the claim of someone else.
        ConditionExpression: 'claimedFor = :claim',
        values: {
          ':pin': pin.pinVersion,
          ':spec': pin.specVersion,
          ':at': iso(pin.changedAt),
          ':claim': claims.get(nameOf(pin)) ?? '',
        },
      });
    },
  };
};

const nameOf = ({ tool, pinVersion, specVersion, changedAt }: Pin): string =>
  `${tool} ${pinVersion}/${specVersion}/${iso(changedAt)}`;
