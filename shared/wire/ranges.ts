import { mostRunning } from '../core/limit.ts';

/** Two bounds; both are allowed values. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;

/**
 * The values that `tools.yml` may have, in the units of the spec. The same ranges hold for a spec that is read from SSM or from a
 * row: a person who may write there can do no more than a person who may deploy.
 */
export const toolRanges = {
  /** From Fargate's smallest size to its largest (ECS guide, "invalid CPU or memory errors"). */
  cpu: { least: 256, most: 16_384 },
  memoryMiB: { least: 512, most: 122_880 },
  timeoutMs: { least: second, most: 14 * day },
  startTimeoutMs: { least: second, most: day },
  startWithinMs: { least: second, most: 14 * day },
  attempts: { least: 1, most: 20 },
  delayMs: { least: 0, most: day },
  delays: { least: 1, most: 20 },
  reclaims: { least: 0, most: 100 },
  /** Fargate's longest stopTimeout is 120 s (ECS API, ContainerDefinition). */
  stopTimeoutMs: { least: 2 * second, most: 120 * second },
  /** 0 always means success, and a wait status has eight bits. */
  exitCode: { least: 1, most: 255 },
  /** The item of a limit is written for each of them. */
  running: { least: 1, most: mostRunning },
  /** Fargate gives 20 GiB without a request, and 200 at most (ECS API, EphemeralStorage). */
  diskGiB: { least: 21, most: 200 },
} as const satisfies Readonly<Record<string, Range>>;

/** Whether a text is an exit code for which there may be a rule. */
export const isExitCode = (text: string): boolean =>
  /^[1-9]\d{0,2}$/.test(text) && Number(text) <= toolRanges.exitCode.most;

/** The most bytes of a spec in SSM: a live record contains the spec and more, and has 4,096 bytes (SSM, standard parameters). */
export const mostSpecBytes = 3_000;

/** The most characters of the name of a variable. */
export const longestName = 100;

/** The most bytes of a body. DynamoDB items have at most 400 KB, and ECS's overrides 8,192 characters. */
export const mostBodyBytes = 64 * 1_024;

/** The CPU units or MiB that a message may ask for: 32-bit integers in ECS. */
export const askedSize: Range = { least: 1, most: 2 ** 31 - 1 };

/** The CPU units or MiB of a launch: a run that was out of memory may get twice as much. */
export const launchedSize: Range = { least: 1, most: 2 * askedSize.most };

/** TCP ports. */
export const ports: Range = { least: 0, most: 65_535 };

/** AMQP's priorities of `davit.tasks`. */
export const priorities: Range = { least: 0, most: 9 };

/** Bytes of a body before it is checked: RabbitMQ's largest message has 512 MiB (`max_message_size`). */
export const bodyBytes: Range = { least: 0, most: 512 * 1_024 * 1_024 };

/** Numbers that only rise. At one a millisecond, they reach the end after thirty years. */
export const counted: Range = { least: 0, most: 1e12 };

/** The number of a run: it has at most nine digits in ECS (`startedBy`). */
export const runNumbers: Range = { least: 0, most: 999_999_999 };

/** A process's exit code as ECS has it: a 32-bit integer, unsigned on some hosts (ECS API, Container.exitCode). */
export const exitStatus: Range = { least: -(2 ** 31), most: 2 ** 32 - 1 };

/** Epoch milliseconds: from 2015, the year in which ECS became available, to a year that no clock shows by mistake. */
export const times: Range = { least: Date.UTC(2015, 0), most: Date.UTC(2200, 0) };

/** UTF-8 bytes of texts, by their kind. */
export const lengths = {
  /** Ids, tools, tenants and versions have 100 at most; `startedBy` in ECS takes 128 (ECS API, RunTask). */
  name: { least: 1, most: 128 },
  /** An AMQP short string: a longer one cannot be published. */
  short: { least: 0, most: 255 },
  /** The longest ARN (IAM, identifiers); SSM's and ECS's names are shorter. */
  arn: { least: 1, most: 2_048 },
  /** A sentence in a record. Davit cuts sentences of others to far less. */
  sentence: { least: 0, most: 16_384 },
  /** RunTask takes 8,192 characters of overrides (ECS API, RunTask), of at most four bytes. */
  override: { least: 0, most: 32_768 },
  /** One JSON text with headers (16 KiB) and four properties, of which each character may take six in JSON. */
  properties: { least: 0, most: 32_768 },
  /** The last lines of a log, or a result. A row has room for more. */
  log: { least: 0, most: 65_536 },
  /** A part of a spec: the whole spec is in one SSM parameter. */
  ofSpec: { least: 0, most: mostSpecBytes },
} as const satisfies Readonly<Record<string, Range>>;

/** Numbers of entries in lists and maps. */
export const sizes = {
  /** cpu, cpu-spot, gpu and gpu-spot. */
  placements: { least: 1, most: 4 },
  exitCodes: { least: 0, most: 255 },
  /** ECS API, AwsVpcConfiguration. */
  subnets: { least: 0, most: 16 },
  securityGroups: { least: 0, most: 5 },
  /** Davit keeps twenty (core/carry-over.ts). */
  runs: { least: 0, most: 100 },
  /** Davit writes some eighty at most (core/outbox.ts). */
  outbox: { least: 0, most: 500 },
  /** Each takes at least three bytes of a spec. */
  ofSpec: { least: 0, most: mostSpecBytes / 3 },
  /** Each takes at least three characters of RunTask's overrides. */
  ofOverrides: { least: 0, most: 2_730 },
  failedRuns: { least: 0, most: 20 },
  /** Davit keeps twenty (flows/prove.ts). */
  earlier: { least: 0, most: 100 },
  suspects: { least: 0, most: 3_000 },
} as const satisfies Readonly<Record<string, Range>>;
