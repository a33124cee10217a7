import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../cli/deployment.ts';
import { failureMessage } from '../../cli/failure-message.ts';

const deployment: Deployment = {
  stage: 'local',
  isLocal: true,
  reach: { endpoint: 'http://127.0.0.1:4566' },
  table: 'davit-local-tasks',
  parameters: '/davit/local/tools',
  logGroup: '/davit/local/tools',
  control: 'davit-local-control',
  description: 'the local stack at http://127.0.0.1:4566',
};

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4566'), {
  code: 'ECONNREFUSED',
});
const noName = Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' });

describe('an error', () => {
  test.each([
    ['by itself', refused],
    ['of several addresses', new AggregateError([refused, refused])],
    ['as the cause of another', new Error('the call failed', { cause: refused })],
    ['of a name that DNS does not know now', noName],
    ['of a timeout', Object.assign(new Error('too slow'), { name: 'TimeoutError' })],
  ])('of the connection, %s, is a stack that does not answer', (_how, error) => {
    expect(failureMessage(error, deployment)).toEqual({
      code: 1,
      sentence: expect.stringMatching(/^The local stack at http:\S+ does not answer\./),
    });
  });

  test('that only quotes a connection error is not one', () => {
    const error = new Error('davit-local-control failed: connect ECONNREFUSED 10.0.0.1:5671');
    expect(failureMessage(error, deployment).sentence).toBe(
      `${deployment.description} answered with an error: Error: ${error.message}`,
    );
  });
});
