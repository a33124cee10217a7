import type { JsonObject } from './input.ts';
import type { Principal } from './principal.ts';

/** A request as far as it is known before its body is read. */
export interface RequestHead {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A request as the protocols see it: read whole, its signature right, nothing else judged. */
export interface WireRequest extends RequestHead {
  readonly body: Buffer;
}

/** What goes back over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Who calls: the key of the signature, and whose key that is. */
export interface Caller {
  readonly accessKeyId: string;
  readonly principal: Principal;
}

/** One action of a service that speaks AWS's JSON protocols: its input in, its output out, refusals thrown as AwsError. */
export type JsonAction = (input: JsonObject) => Promise<object> | object;

/** The actions of a service by their names. */
export type JsonActions = Readonly<Record<string, JsonAction>>;
