/** What an event says about a task. */
export type What =
  | 'waiting'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'requeued'
  | 'rejected';

/** What a tool says of itself while it runs. Such an event follows from no move, and is never in an outbox. */
export type Spoken = 'progress' | 'output' | 'ready';

/** Where an event goes: the exchange `davit.events`, the publisher's `reply_to`, the EventBridge bus. */
export type Audience = 'event' | 'reply' | 'bus';

/** How many events were dropped from the outbox, by audience. */
export type Dropped = Readonly<Partial<Record<Audience, number>>>;

/** Where a live tool can be reached. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly protocol: string;
}

/** The task as it was at the move that the event is about. */
export interface EventBody {
  readonly tool?: string;
  readonly version?: string;
  readonly run: number;
  readonly attempts: number;
  readonly tenant: string;
  readonly placement?: string;
  readonly exitCode?: number;
  readonly outcome?: string;
  readonly reason?: string;
  readonly endpoint?: Endpoint;
  /** Of `waiting`: why, in a word of hold-cause.ts, and when it is asked again; without a time, as soon as that changes. */
  readonly cause?: string;
  readonly askedAgainAt?: number;
  /** How many earlier events of the task for the same audience were dropped, because it accepted none for too long. */
  readonly dropped?: number;
}

/** The effects of this kind. */
export type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/**
 * What a move has to do outside the row. The write of the move puts it into the row's outbox, where it stays until it is carried out.
 * The id is `<taskId>/<run>/<kind>`, so that readers recognise an event that is sent twice.
 */
export type Effect =
  | { readonly kind: 'doorbell'; readonly id: string; readonly run: number }
  | { readonly kind: 'free'; readonly id: string; readonly run: number; readonly limit: string }
  /** What the run showed of its version: counted on the version's record (version-health.ts). */
  | {
      readonly kind: 'count';
      readonly id: string;
      readonly run: number;
      readonly tool: string;
      readonly version: string;
      /** The task definition of the run. */
      readonly definition: string;
      readonly saw: 'failedStart' | 'start' | 'success';
      readonly at: number;
      /** Why the start failed. */
      readonly why?: string;
    }
  | { readonly kind: 'dead'; readonly id: string; readonly run: number; readonly reason: string }
  | {
      readonly kind: 'stop';
      readonly id: string;
      readonly run: number;
      readonly ecsTaskArn: string;
      readonly why: string;
    }
  | {
      readonly kind: 'notify';
      readonly id: string;
      readonly run: number;
      readonly to: Audience;
      readonly what: What;
      readonly at: number;
      /**
       * The row's revision after the move, or when a paced `waiting` is sent, or before the next `waiting` where that one came
       * first. It rises with every write, so readers can sort events.
       */
      readonly sequence: number;
      readonly body: EventBody;
      /**
       * The latest time for a reply that waits for the tool's result; without a reply, for the event on the bus. Of `waiting`: when
       * it is sent, where it comes too soon after the last one.
       */
      readonly notBefore?: number;
    };

/** What a tool said in a line of its log. */
export interface SpokenBody extends EventBody {
  /** Of `progress`: how much is done, from 0 to 1, and a word for what is being done. */
  readonly fraction?: number;
  readonly step?: string;
  /** Of `output`: rises in the order in which the run has printed its pieces. */
  readonly position?: number;
  readonly output?: unknown;
  /** Of `ready`, if the line has it. */
  readonly ready?: unknown;
}

/** An event for one audience, as it is published. */
export interface Notice {
  readonly id: string;
  readonly run: number;
  readonly what: What | Spoken;
  readonly at: number;
  readonly sequence: number;
  readonly body: EventBody | SpokenBody;
}

/** Whether an effect is an event for the publisher's `reply_to`. */
export const isReply = (effect: Effect): effect is EffectOf<'notify'> =>
  effect.kind === 'notify' && effect.to === 'reply';

/** Whether it is an event that tells why a task waits. */
export const isWaiting = (effect: Effect): effect is EffectOf<'notify'> =>
  effect.kind === 'notify' && effect.what === 'waiting';

/** Whether it is such an event that is sent later, because it came soon after another one. */
export const isPaced = (effect: Effect): boolean =>
  isWaiting(effect) && effect.notBefore !== undefined;

/** Whether it is an event about the end of a run that may tell of its log. `cancelled` never does, so it waits for no log. */
export const tellsOfLog = (effect: Effect): boolean =>
  effect.kind === 'notify' && !silentOfLog.has(effect.what);

const silentOfLog: ReadonlySet<What> = new Set(['waiting', 'running', 'cancelled']);

/** Whether it is an event of an end that waits for the tool's result, at the latest until its `notBefore`. */
export const waitsForResult = (effect: Effect): effect is WithResult =>
  effect.kind === 'notify' && effect.what !== 'waiting' && effect.notBefore !== undefined;

type WithResult = EffectOf<'notify'> & { readonly notBefore: number };
