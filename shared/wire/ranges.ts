/** Bounds, both of them allowed. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;

/**
 * What `tools.yml` may say of a tool, in the units of its spec. What is read of a spec later, from SSM or from a row, has these
 * ranges too: who may write there can do no more than who may deploy.
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
  /** Exit 0 always means success; a wait status has eight bits. */
  exitCode: { least: 1, most: 255 },
  /** Not in tools.yml yet. */
  running: { least: 1, most: 100_000 },
  /** Fargate gives 20 GiB unasked, and 200 at most (ECS API, EphemeralStorage). */
  diskGiB: { least: 21, most: 200 },
} as const satisfies Readonly<Record<string, Range>>;

/** Whether a text is an exit code that a rule may be of. */
export const isExitCode = (text: string): boolean =>
  /^[1-9]\d{0,2}$/.test(text) && Number(text) <= toolRanges.exitCode.most;

/** Bytes that a spec may take in SSM: a live record holds more than that in its 4,096 (SSM, standard parameters). */
export const mostSpecBytes = 3_000;

/** Characters of a variable's name. */
export const longestName = 100;

/** What a row keeps of a body; DynamoDB items end at 400 KB, ECS's overrides at 8,192 characters. */
export const mostBodyBytes = 64 * 1_024;

/** The sizes that a message may ask for: ECS has them as 32-bit integers. */
export const askedSize: Range = { least: 1, most: 2 ** 31 - 1 };

/** What a launch may ask for: a run that was out of memory may get twice as much. */
export const launchedSize: Range = { least: 1, most: 2 * askedSize.most };

/** TCP's. */
export const ports: Range = { least: 0, most: 65_535 };

/** AMQP's priorities of `davit.tasks`. */
export const priorities: Range = { least: 0, most: 9 };

/** Bytes of a body as it came: RabbitMQ's largest message has 512 MiB (`max_message_size`). */
export const bodyBytes: Range = { least: 0, most: 512 * 1_024 * 1_024 };

/** Numbers that only rise with what happens: one a millisecond would take thirty years to the end. */
export const counted: Range = { least: 0, most: 1e12 };

/** A run's number has nine digits at most where ECS bears it (`startedBy`). */
export const runNumbers: Range = { least: 0, most: 999_999_999 };

/** A process's exit code as ECS has it: a 32-bit integer, unsigned on some hosts (ECS API, Container.exitCode). */
export const exitStatus: Range = { least: -(2 ** 31), most: 2 ** 32 - 1 };

/** Epoch milliseconds: from the year in which ECS was there for all (2015), to a year that no clock shows by mistake. */
export const times: Range = { least: Date.UTC(2015, 0), most: Date.UTC(2200, 0) };

/** Bytes of texts in UTF-8, by what they are. */
export const lengths = {
  /** Ids, tools, tenants and versions have 100 at most; `startedBy` in ECS takes 128 (ECS API, RunTask). */
  name: { least: 1, most: 128 },
  /** An AMQP short string: a publish with a longer one would never leave. */
  short: { least: 0, most: 255 },
  /** The longest ARN (IAM, identifiers); SSM's and ECS's names are shorter. */
  arn: { least: 1, most: 2_048 },
  /** A sentence that a record keeps. Davit clips what others say long before. */
  sentence: { least: 0, most: 16_384 },
  /** RunTask takes 8,192 characters of overrides (ECS API, RunTask), of at most four bytes. */
  override: { least: 0, most: 32_768 },
  /** One JSON text of headers (16 KiB) and four properties, each character of which may take six as JSON. */
  properties: { least: 0, most: 32_768 },
  /** A log's last lines or a result: a row has room for more. */
  log: { least: 0, most: 65_536 },
  /** A part of a spec, which is all in one parameter of SSM. */
  ofSpec: { least: 0, most: mostSpecBytes },
} as const satisfies Readonly<Record<string, Range>>;

/** Entries of lists. */
export const sizes = {
  /** Two prices of two kinds of hosts. */
  placements: { least: 1, most: 4 },
  exitCodes: { least: 0, most: 255 },
  /** ECS API, AwsVpcConfiguration. */
  subnets: { least: 0, most: 16 },
  securityGroups: { least: 0, most: 5 },
  /** A row remembers twenty (core/carry-over.ts). */
  runs: { least: 0, most: 100 },
  /** Some eighty at most (core/outbox.ts). */
  outbox: { least: 0, most: 500 },
  /** Each takes three bytes of a spec at least. */
  ofSpec: { least: 0, most: mostSpecBytes / 3 },
  /** Each takes three characters of RunTask's overrides at least. */
  ofOverrides: { least: 0, most: 2_730 },
  suspects: { least: 0, most: 3_000 },
} as const satisfies Readonly<Record<string, Range>>;
