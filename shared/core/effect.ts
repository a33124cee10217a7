/** What an event says of a task. */
export type What = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'requeued' | 'rejected';

/** Where an event goes: the exchange `davit.events`, the publisher's `reply_to`, the EventBridge bus. */
export type Audience = 'event' | 'reply' | 'bus';

/** Where a live tool can be reached. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly protocol: string;
}

/** What an event tells of the task as it was when it moved. */
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
  /** So many earlier events of the task were meant for the same audience and dropped: it took none for too long. */
  readonly dropped?: number;
}

/** The effects of this kind. */
export type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/**
 * A consequence of a move, kept in the row's outbox by the same write until it is carried out.
 * The id is `<taskId>/<run>/<kind>`, so carrying one out twice is telling the same thing twice.
 */
export type Effect =
  | { readonly kind: 'doorbell'; readonly id: string; readonly run: number }
  | { readonly kind: 'free'; readonly id: string; readonly run: number; readonly limit: string }
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
      /** The row's revision at the move: rises with every write, so a reader can order events. */
      readonly sequence: number;
      readonly body: EventBody;
      /** A reply that waits for the tool's result goes then at the latest. */
      readonly notBefore?: number;
    };
