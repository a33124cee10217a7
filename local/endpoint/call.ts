import type { JsonObject } from './input.ts';

/** A request as the protocols see it: read whole, nothing judged. */
export type WireRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
};

/** What goes back over the wire. */
export type WireAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Who calls: the access key of the Authorization header, unsigned requests have none. */
export type Caller = { readonly accessKeyId: string | undefined };

/** One action of a service that speaks AWS's JSON protocols: its input in, its output out, refusals thrown as AwsError. */
export type JsonAction = (input: JsonObject, caller: Caller) => Promise<object> | object;

/** The actions of a service by their names. */
export type JsonService = Readonly<Record<string, JsonAction>>;

/** The access key id inside `Authorization: AWS4-HMAC-SHA256 Credential=<id>/<date>/<region>/…`. */
export const callerOf = (request: WireRequest): Caller => ({
  accessKeyId: /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '')?.[1],
});
