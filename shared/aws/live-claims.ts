import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Pin } from '../core/release.ts';
import type { Releases } from '../ports.ts';
import { iso } from '../wire/stored-time.ts';
import { callOptionsOf } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly signal?: AbortSignal;
}

// Longer than a release takes (an image, two definitions at one a second), shorter than an operator's patience.
const claimMs = 60_000;

/*
 * Why a live record never goes backwards for long: the item keeps the newest parameters that were settled, by the
 * time of their writing and by their versions, and an older pin cannot be claimed. One that was claimed, stalled past its minute and then wrote an older record is
 * corrected by the next comparison: the newer pin may be claimed again, since the condition holds for equals too.
 */
const monotone =
  '(attribute_not_exists(changedAt) OR changedAt < :at OR changedAt > :soon OR NOT attribute_type(changedAt, :text) OR (changedAt = :at AND pinVersion <= :pin AND specVersion <= :spec))';
// A claim ends within a minute: one that has no end, or a later one, was not written by release.
const isFree =
  '(attribute_not_exists(claimedUntil) OR claimedUntil <= :now OR claimedUntil > :soon OR NOT attribute_type(claimedUntil, :text))';

/** SSM's clock and ours differ by less. What the item says of a later time than this was written by hand, and counts for nothing. */
const soonMs = 24 * 60 * 60_000;

/** Claims on the items `#live/<tool>` of the task table. */
export const liveClaims = ({
  client,
  table,
  signal,
}: Options): Pick<Releases, 'claim' | 'closeClaim'> => {
  const callOptions = callOptionsOf(signal);

  const wins = async (
    tool: string,
    input: Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ConditionExpression'>,
    values: Readonly<Record<string, unknown>>,
  ): Promise<boolean> => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: marshall({ taskId: `#live/${tool}` }),
      ...input,
      ExpressionAttributeValues: marshall(values),
    });
    try {
      await client.send(command, callOptions);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      return rethrowAs(`The claim of ${tool} could not be written to table ${table}`)(error);
    }
  };

  return {
    claim: async (pin, now) => {
      return await wins(
        pin.tool,
        {
          UpdateExpression: 'SET claimedFor = :claim, claimedUntil = :until',
          ConditionExpression: `${monotone} AND ${isFree}`,
        },
        {
          ':pin': pin.pinVersion,
          ':spec': pin.specVersion,
          ':at': iso(pin.changedAt),
          ':claim': claimOf(pin),
          ':until': iso(now + claimMs),
          ':now': iso(now),
          ':soon': iso(Math.max(now, pin.changedAt) + soonMs),
          ':text': 'S',
        },
      );
    },
    closeClaim: async (pin) => {
      // Lost only when the claim has run out and another has taken it over: that one settles.
      await wins(
        pin.tool,
        {
          UpdateExpression:
            'SET pinVersion = :pin, specVersion = :spec, changedAt = :at REMOVE claimedFor, claimedUntil',
          // Only who was newest could claim, and who takes a claim over writes another name.
          ConditionExpression: 'claimedFor = :claim',
        },
        {
          ':pin': pin.pinVersion,
          ':spec': pin.specVersion,
          ':at': iso(pin.changedAt),
          ':claim': claimOf(pin),
        },
      );
    },
  };
};

const claimOf = ({ pinVersion, specVersion, changedAt }: Pin): string =>
  `${pinVersion}/${specVersion}/${iso(changedAt)}`;
