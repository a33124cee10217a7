import type { JsonObject } from './input.ts';
import type { Principal } from './principal.ts';

/** The part of a request that is known before its body is read. */
export interface RequestHead {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A request as the protocols get it: with its body, and with a correct signature. Nothing else has been checked. */
export interface WireRequest extends RequestHead {
  readonly body: Buffer;
}

/** The answer to a request. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The caller: the key of the signature, and its owner. */
export interface Caller {
  readonly accessKeyId: string;
  readonly principal: Principal;
}

/** One action of a service that speaks AWS's JSON protocols: its input in, its output out, refusals thrown as AwsError. */
export type JsonAction = (input: JsonObject) => Promise<object> | object;

/** The actions of a service by their names. */
export type JsonActions = Readonly<Record<string, JsonAction>>;
