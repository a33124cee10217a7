import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Stored } from '../../models/broker/state.ts';
import type { RuntimeOrder, RuntimeReport } from '../../models/ecs/runtime.ts';
import type { Letter } from '../../shared/rabbit/lane.ts';
import type { Container } from './container.ts';
import type { FlowName } from './happening.ts';

/** An item of the task table. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** One call of a function. */
export interface Invocation {
  readonly environment: string;
  readonly event: unknown;
  readonly startedAt: number;
}

/** What a judge sees of a world. Each is called after it has happened. */
export interface Watchers {
  /** An item of the table was written. */
  readonly written: (before: Item | undefined, after: Item, by: string) => void;
  /** The table refused a write, because there is something wrong with it. */
  readonly writeRefused: (taskId: string, why: string) => void;
  /** A parameter of a tool was written by a function. */
  readonly parameterWritten: (name: string, before: string | undefined, after: string) => void;
  /** ECS ordered something of the owner of the containers. */
  readonly ordered: (order: RuntimeOrder) => void;
  /** A container began to live. */
  readonly started: (container: Container) => void;
  readonly reported: (report: RuntimeReport) => void;
  /** RabbitMQ took a message, or confirmed one that no queue took. */
  readonly published: (letter: Letter, answer: 'routed' | 'unroutable' | 'returned') => void;
  /** A bus took an event. */
  readonly put: (detail: string) => void;
  /** ECS took a StopTask. */
  readonly stopTaken: (ecsTaskArn: string) => void;
  /** The broker removed messages from a queue, because its function was done with them. */
  readonly acknowledged: (messages: readonly Stored[], queue: string) => void;
  /** Someone asks for a redrive: of this run, or of the task as it is. */
  readonly redriveAsked: (taskId: string, run: number | undefined) => void;
  /** Messages were lost without any fault of Davit: purged, or deleted with their queue. */
  readonly lost: (messages: readonly Stored[]) => void;
  /** A function was invoked with an event. */
  readonly invoked: (flow: FlowName, invocation: Invocation) => void;
  /** ECS got a RunTask. */
  readonly launched: (input: unknown) => void;
  /** A call was denied, because the caller has no right to it. */
  readonly denied: (action: string, input: unknown) => void;
  /** An invocation ended. */
  readonly ended: (
    flow: FlowName,
    how: 'returned' | 'failed',
    invocation: Invocation & {
      /** What it returned. */
      readonly value: unknown;
      /** What it threw; undefined when it returned, or when its process ended. */
      readonly error: unknown;
    },
  ) => void;
  /** SSM took a PutParameter of a function. */
  readonly parameterPut: (name: string, value: string, by: string) => void;
  /** A metric was counted. */
  readonly counted: (metric: string, amount: number) => void;
  /** The table was restored from a backup. */
  readonly restored: () => void;
}

/** Sees nothing. */
export const blind: Watchers = {
  written: () => {},
  writeRefused: () => {},
  parameterWritten: () => {},
  ordered: () => {},
  started: () => {},
  reported: () => {},
  published: () => {},
  put: () => {},
  stopTaken: () => {},
  acknowledged: () => {},
  redriveAsked: () => {},
  lost: () => {},
  invoked: () => {},
  launched: () => {},
  denied: () => {},
  ended: () => {},
  parameterPut: () => {},
  counted: () => {},
  restored: () => {},
};
