import { randomUUID } from 'node:crypto';
import type { Caller, WireAnswer, WireRequest } from './call.ts';
import type { Protocol } from './server.ts';

const xml = (status: number, body: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() },
  body,
});

const escaped = (value: string): string => value.replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`);

const identity = (account: string, caller: Caller): WireAnswer =>
  xml(
    200,
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
      `<Arn>arn:aws:iam::${account}:user/local</Arn><UserId>${escaped(caller.accessKeyId ?? 'local')}</UserId>` +
      `<Account>${account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}` +
      `</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
  );

const refusal = (action: string): WireAnswer =>
  xml(
    400,
    `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>The local AWS knows no action ` +
      `${escaped(action)} in the query protocol; STS GetCallerIdentity is all of it.</Message></Error>` +
      `<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  );

/** AWS's query protocol (form in, XML out), of which only STS GetCallerIdentity is needed here. */
export const stsProtocol = (account: string): Protocol => ({
  speaks: (request: WireRequest) =>
    request.headers['x-amz-target'] === undefined &&
    (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'),
  answer: async (request, caller) => {
    const action = new URLSearchParams(request.body.toString('utf8')).get('Action') ?? '';
    return action === 'GetCallerIdentity' ? identity(account, caller) : refusal(action);
  },
});
