import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../cli/deployment.ts';
import { explained } from '../../cli/failure-message.ts';

const place: Deployment = {
  stage: 'local',
  isLocal: true,
  reach: { endpoint: 'http://127.0.0.1:4566' },
  table: 'davit-local-tasks',
  parameters: '/davit/local/tools',
  logGroup: '/davit/local/tools',
  control: 'davit-local-control',
  called: 'the local stack at http://127.0.0.1:4566',
};

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4566'), {
  code: 'ECONNREFUSED',
});
const noName = Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' });

describe('an error', () => {
  test.each([
    ['as it comes', refused],
    ['of several addresses', new AggregateError([refused, refused])],
    ['as the cause of another', new Error('the call failed', { cause: refused })],
    ['of a name that is not found for now', noName],
    ['of time', Object.assign(new Error('too slow'), { name: 'TimeoutError' })],
  ])('of the connection, %s, is told as a stack that does not answer', (_how, error) => {
    expect(explained(error, place)).toEqual({
      code: 1,
      sentence: expect.stringMatching(/^The local stack at http:\S+ does not answer\./),
    });
  });

  test('that quotes another one is not taken for it', () => {
    const error = new Error('davit-local-control failed: connect ECONNREFUSED 10.0.0.1:5671');
    expect(explained(error, place).sentence).toBe(
      `${place.called} answered with an error: Error: ${error.message}`,
    );
  });
});
