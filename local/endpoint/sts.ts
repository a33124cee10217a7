import { randomUUID } from 'node:crypto';
import type { Caller, WireAnswer } from './call.ts';
import { AwsError } from './errors.ts';
import { arnOf, userIdOf } from './principal.ts';
import type { Protocol } from './server.ts';
import { escaped, xml } from './xml.ts';

/** AWS's query protocol (form in, XML out), of which only STS GetCallerIdentity is needed here. Whoever is known may ask who he is. */
export const stsProtocol = (account: string): Protocol => ({
  style: 'query',
  speaks: () => true,
  answer: async (request, caller) => {
    const action = new URLSearchParams(request.body.toString('utf8')).get('Action') ?? '';
    if (action === 'GetCallerIdentity') return identity(account, caller);
    throw new AwsError(
      'InvalidAction',
      `The local AWS knows no action ${action} in the query protocol; STS GetCallerIdentity is all of it.`,
    );
  },
});

const identity = (account: string, { principal }: Caller): WireAnswer =>
  xml(
    200,
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
      `<Arn>${escaped(arnOf(principal, account))}</Arn><UserId>${escaped(userIdOf(principal))}</UserId>` +
      `<Account>${account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}` +
      `</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
  );
