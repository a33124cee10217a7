import type { PlayedFact } from './functions.ts';

/** The services of AWS that Davit calls. */
export type AwsName = 'dynamodb' | 'ecs' | 'ssm' | 'ecr' | 'eventBridge' | 'logs';

/** What can be in trouble. */
export type ServiceName = AwsName | 'rabbitmq';

/**
 * `silent`: no call arrives, and no answer comes. `deaf`: calls take effect, and no answer comes. `refusing`: each call is refused
 * with an error of the server. `denying`: the functions have no right to any call. `throttling`: each call is refused because there
 * are too many. `slow`: answers take seconds.
 */
export type Trouble = 'silent' | 'deaf' | 'refusing' | 'throttling' | 'denying' | 'slow';

export type FlowName = 'dispatch' | 'settle' | 'sweep' | 'release' | 'control' | 'relay' | 'play';

/** Where a function ends: at a call of a port, counted from the time of the happening on. */
export interface CrashPoint {
  readonly flow: FlowName;
  /** `tasks.save`; without it every call of a port counts. */
  readonly call?: string;
  readonly nth: number;
  readonly moment: 'before' | 'after';
  /**
   * `throw`: this call and all later ones throw. `halt`: the process is gone. `freeze`: the function is too late, and Lambda invokes
   * it again. This call, and those that were under way beside it, go on then, beside the new work.
   */
  readonly how: 'throw' | 'halt' | 'freeze';
}

/** Something that a plan lets happen at a time. Everything else in a world follows from it. */
export type Happening = { readonly at: number } & (
  | {
      readonly kind: 'publish';
      readonly queue: 'davit.tasks' | 'davit.control';
      readonly id?: string;
      readonly body: string;
      readonly run?: number;
      /** It is a dead letter of this run that someone puts back. */
      readonly dead?: number;
      readonly replyTo?: string;
      readonly priority?: number;
      readonly expiration?: string;
    }
  | { readonly kind: 'play'; readonly taskId: string; readonly fact: PlayedFact }
  | {
      readonly kind: 'trouble';
      readonly service: ServiceName;
      readonly how: Trouble;
      readonly until: number;
    }
  | { readonly kind: 'crash'; readonly point: CrashPoint }
  | {
      readonly kind: 'noCapacity';
      readonly provider: string;
      readonly seen: 'at once' | 'late';
      readonly until: number;
    }
  /** A Spot interruption, a lost host or a stop by a person hits one of the living containers. */
  | { readonly kind: 'reclaim' | 'hostLost' | 'stopByPerson'; readonly which: number }
  | {
      readonly kind: 'pin';
      readonly tool: string;
      readonly version: string;
      readonly isPushed: boolean;
    }
  | { readonly kind: 'pause' | 'resume'; readonly tool: string }
  /** An operator sets the limit of the stage, or removes it. */
  | { readonly kind: 'stageLimit'; readonly maxRunning?: number }
  /** A person deletes the item of a limit from the table. */
  | { readonly kind: 'limitDeleted'; readonly limit: 'stage' | `limit/${string}` }
  | { readonly kind: 'purge'; readonly queue: 'davit.tasks' | 'davit.doorbells' }
  | {
      readonly kind: 'queueGone';
      readonly queue: 'davit.tasks' | 'davit.doorbells' | 'davit.dead';
      readonly until: number;
    }
  | { readonly kind: 'brokerRestart' }
  /** A queue of replies has no leader: RabbitMQ confirms no message to it. */
  | { readonly kind: 'repliesStuck'; readonly queue: string; readonly until: number }
  /** A person edits a row, so that no release can read it, and repairs it later. */
  | { readonly kind: 'spoilRow'; readonly which: number; readonly until: number }
  /** Functions are replaced one by one: by those of this release, or by those of the one before. */
  | { readonly kind: 'deploy'; readonly to: 'current' | 'previous' }
  /** The table becomes as it was at `since`. */
  | { readonly kind: 'restore'; readonly since: number }
);

/** The kinds of faults: all but what users and operators do on an ordinary day. */
export const isFault = ({ kind }: Happening): boolean =>
  !['publish', 'play', 'pin', 'pause', 'resume', 'stageLimit'].includes(kind);

/** One plain sentence, for a story. */
export const sentenceOf = (happening: Happening): string => {
  switch (happening.kind) {
    case 'publish':
      return happening.run === undefined
        ? `a publisher sends message ${happening.id ?? 'without an id'} to ${happening.queue}: ${happening.body.slice(0, 80)}`
        : `someone sends a doorbell for ${happening.id}, run ${happening.run}`;
    case 'play':
      return `${happening.fact.kind} comes for ${happening.taskId}`;
    case 'trouble':
      return `${happening.service} becomes ${happening.how}, until ${timeOf(happening.until)}`;
    case 'crash': {
      const { flow, call = 'any call', nth, moment, how } = happening.point;
      return `${flow} will end (${how}) ${moment} its call number ${nth} of ${call}, counted from now`;
    }
    case 'noCapacity':
      return `${happening.provider} has no capacity (seen ${happening.seen}), until ${timeOf(happening.until)}`;
    case 'reclaim':
      return 'AWS reclaims the machine of a container';
    case 'hostLost':
      return 'the host of a container is lost';
    case 'stopByPerson':
      return 'a person stops a container in the console';
    case 'pin':
      return `an operator pins ${happening.tool} ${happening.version}${happening.isPushed ? '' : ', which has no image'}`;
    case 'pause':
    case 'resume':
      return `an operator ${happening.kind}s ${happening.tool}`;
    case 'stageLimit':
      return `the limit of the stage becomes ${happening.maxRunning ?? 'none'}`;
    case 'limitDeleted':
      return `a person deletes the item #${happening.limit} from the table`;
    case 'purge':
      return `an operator purges ${happening.queue}`;
    case 'queueGone':
      return `${happening.queue} is deleted, and declared again at ${timeOf(happening.until)}`;
    case 'spoilRow':
      return `a person edits a row so that it cannot be read, until ${timeOf(happening.until)}`;
    case 'repliesStuck':
      return `the queue ${happening.queue} has no leader, until ${timeOf(happening.until)}`;
    case 'brokerRestart':
      return 'RabbitMQ restarts';
    case 'deploy':
      return `a deployment replaces the functions by those of the ${happening.to} release`;
    case 'restore':
      return `the table is restored as it was at ${timeOf(happening.since)}`;
  }
};

/** `14:02:03.456`, in UTC. */
export const timeOf = (at: number): string => new Date(at).toISOString().slice(11, 23);
