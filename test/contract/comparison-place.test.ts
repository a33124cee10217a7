import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparisonPlaces } from '../../shared/aws/comparison-place.ts';
import { type ComparisonPlace, comparisonStart } from '../../shared/core/comparison.ts';
import type { ComparisonPlaces } from '../../shared/ports.ts';
import { openContractEndpoint } from '../kit/endpoint.ts';
import { memoryPlace } from '../memory/place.ts';

interface Opened {
  readonly places: ComparisonPlaces;
  readonly close: () => Promise<void>;
}

const inMemory = async (): Promise<Opened> => ({ places: memoryPlace(), close: async () => {} });

const overEndpoint = async (): Promise<Opened> => {
  const endpoint = await openContractEndpoint();
  const client = new DynamoDBClient(endpoint.config);
  return {
    places: comparisonPlaces({ client, table: endpoint.table }),
    close: async () => {
      client.destroy();
      await endpoint.close();
    },
  };
};

describe.each([
  ['memory', inMemory],
  ['the local endpoint', overEndpoint],
] as const)('the place of the comparison over %s', (_name, open) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  test('is the beginning before the first save, and then the last saved place', async () => {
    const { places } = opened;
    expect(await places.read()).toEqual(comparisonStart);
    const place: ComparisonPlace = {
      first: 'cluster',
      table: { phase: 'RUNNING', after: '2026-11-24T14:00:00.000Z film-1' },
      listAfter: 'arn:aws:ecs:eu-central-1:123456789012:task/davit-test/0a',
      listed: 12_300,
      suspects: Array.from({ length: 3_000 }, (_, at) => `${at}`.padStart(32, '0')),
      earlierSuspects: ['0a'],
    };
    await places.save(place);
    expect(await places.read()).toEqual(place);
    await places.save({ ...comparisonStart, first: 'cluster' });
    expect(await places.read()).toEqual({ ...comparisonStart, first: 'cluster' });
  });
});
