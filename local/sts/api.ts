import { randomUUID } from 'node:crypto';
import type { Caller, WireAnswer } from '../endpoint/call.ts';
import { AwsError } from '../endpoint/errors.ts';
import { arnOf, userIdOf } from '../endpoint/principal.ts';
import { escaped, xml } from '../endpoint/xml.ts';
import type { OwnApi } from '../service.ts';
import { awsAccount } from '../template/aws-account.ts';

/** The calls of STS, by AWS's query protocol (a form in, XML out). GetCallerIdentity is the only one here, and every caller may make it. */
export const stsApi = (): OwnApi => ({
  kind: 'own',
  protocol: () => ({
    style: 'query',
    speaks: () => true,
    answer: async (request, caller) => {
      const action = new URLSearchParams(request.body.toString('utf8')).get('Action') ?? '';
      if (action === 'GetCallerIdentity') return identityOf(caller);
      throw new AwsError(
        'InvalidAction',
        `The local AWS has no action ${action} in the query protocol; its only one is STS GetCallerIdentity.`,
      );
    },
  }),
});

const identityOf = ({ principal }: Caller): WireAnswer =>
  xml(
    200,
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
      `<Arn>${escaped(arnOf(principal, awsAccount.account))}</Arn><UserId>${escaped(userIdOf(principal))}</UserId>` +
      `<Account>${awsAccount.account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}` +
      `</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
  );
