import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { connect, type GetMessage, type Options } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { logsOf } from '../../shared/aws/logs.ts';
import { logStreamOf } from '../../shared/core/log-stream.ts';
import { openTestStack, type Row, reachOf, startsIn, type TestStack } from '../kit/local-stack.ts';
import { declareQueue, takeEvents } from '../kit/replies.ts';
import { until } from '../kit/until.ts';

interface Sent {
  readonly body: Buffer;
  readonly options: Options.Publish;
  /** The expected reason of the row. */
  readonly reason: RegExp;
}

const sha256 = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** The row of a message whose id cannot be a task id. */
const derivedIdOf = ({ body, options }: Pick<Sent, 'body' | 'options'>): string =>
  `x-${sha256(options.messageId ?? '', '\0', body)}`;

const bad = (
  id: string | undefined,
  body: string | Buffer,
  reason: RegExp,
  more: Options.Publish = {},
): Sent => ({
  body: Buffer.from(body),
  options: { persistent: true, ...(id === undefined ? {} : { messageId: id }), ...more },
  reason,
});

const echo = (input: object, more: object = {}): string =>
  JSON.stringify({ tool: 'echo', input, ...more });

const nested = (depth: number): string =>
  `{"tool":"echo","input":{"deep":${'['.repeat(depth)}${']'.repeat(depth)}}}`;

const binary = Buffer.from(Array.from({ length: 600 }, (_, n) => (n * 7) % 256));

// Each is published between two good ones.
const refused: Readonly<Record<string, Sent>> = {
  'a body that is not JSON': bad(
    'no-json',
    '{"tool":"echo",',
    /must be a JSON object.*is not JSON/,
  ),
  'JSON that is not an object': bad(
    'no-object',
    '["echo"]',
    /must be a JSON object, but is an array/,
  ),
  'an empty body': bad('empty', '', /The body is empty/),
  'a field that Davit does not know': bad('field', echo({}, { colour: 'red' }), /"colour"/),
  'no message_id': bad(undefined, echo({ n: 1 }), /message_id must be .*the message has none/),
  'an id with other characters': bad('a b/ü', echo({ n: 2 }), /message_id must be .*"a b\/ü"/),
  'an id of 101 characters': bad('i'.repeat(101), echo({ n: 3 }), /message_id must be/),
  'an unknown tool': bad('no-tool', '{"tool":"ecco"}', /there is no tool "ecco"/),
  'input over the limit': bad('long', echo({ text: 'x'.repeat(8_200) }), /S3.*URL/),
  'a body of 65 KB': bad('65-KB', echo({ text: 'x'.repeat(65 * 1024) }), /at most 65536 bytes/),
  'a body of 3 MB': bad('3-MB', Buffer.alloc(3 * 1024 * 1024, 'a'), /has 3145728\..*S3/),
  'nesting of 101 levels': bad(
    'deep',
    nested(99),
    /nested 101 levels deep, and 100 levels are the most/,
  ),
  'nesting of 30,000 levels': bad('deeper', nested(30_000), /nested 30002 levels deep/),
  'a binary body': bad('binary', binary, /is not UTF-8 text/),
  'a reply_to of davit.tasks': bad('loop', echo({}), /reply_to must be .*"davit\.tasks"/, {
    replyTo: 'davit.tasks',
  }),
  'a reply_to of others': bad('theirs', echo({}), /reply_to must be .*"reply\.".*"billing\.jobs"/, {
    replyTo: 'billing.jobs',
  }),
  'a direct reply-to that is none': bad('none', echo({}), /reply_to must be .*!!!/, {
    replyTo: 'amq.rabbitmq.reply-to.!!!.x',
  }),
};

const idOf = (one: Sent): string => {
  const { messageId = '' } = one.options;
  return /^[A-Za-z0-9_-]{1,100}$/.test(messageId) ? messageId : derivedIdOf(one);
};

// The number 9007199254740993 is 2^53 + 1: a parser that uses doubles returns …992.
const bigNumber = '{"tool":"echo","input":{"n":9007199254740993,"e":1.10e-7,"z":-0}}';
const strangeHeaders = { 'davit-run': 7, retries: 3, nested: { a: [1, 'b'] }, flag: true };
const dropped = bad('6-MB', Buffer.alloc(6 * 1024 * 1024, 'a'), /never/);

const twice = echo({ n: 4 });
const otherBody = bad('twice', echo({ n: 5 }), /the id twice belongs to another message/);

let test: TestStack;
let goodIds: readonly string[];
let dead: ReadonlyMap<string, GetMessage>;

const publish = async (messages: readonly Pick<Sent, 'body' | 'options'>[]): Promise<void> => {
  const connection = await connect(test.stack.addresses.amqp);
  const channel = await connection.createConfirmChannel();
  for (const { body, options } of messages) channel.publish('davit', 'davit.tasks', body, options);
  await channel.waitForConfirms();
  await connection.close();
};

const good = (id: string): Pick<Sent, 'body' | 'options'> => ({
  body: Buffer.from(echo({ appendTo: test.tallyFile })),
  options: { persistent: true, messageId: id },
});

/** This number of dead letters, by the id of their row. */
const lettersOf = async (count: number): Promise<ReadonlyMap<string, GetMessage>> => {
  const { username, password } = test.stack.rabbit.admin();
  const url = new URL(test.stack.addresses.amqp);
  const connection = await connect(`amqp://${username}:${password}@${url.host}`);
  const channel = await connection.createChannel();
  const letters = new Map<string, GetMessage>();
  const gather = async (): Promise<true | undefined> => {
    const letter = await channel.get('davit.dead', { noAck: true });
    if (letter) letters.set(letter.properties.messageId, letter);
    else await wait(100);
    return letters.size >= count || undefined;
  };
  await until(`${count} letters in davit.dead`, gather, 100_000).catch((cause: unknown) => {
    throw new Error(`${String(cause)}; there are ${[...letters.keys()].join(', ')}`, { cause });
  });
  await connection.close();
  return letters;
};

const succeeded = (id: string): Promise<Row> =>
  test.rows.when(id, ({ phase }) => phase === 'SUCCEEDED');

const queued = (id: string): Promise<Row> => test.rows.when(id, ({ phase }) => phase === 'QUEUED');

const ssm = (): SSMClient => new SSMClient(reachOf(test.stack.addresses));
const tools = '/davit/local/tools';

const put = async (Name: string, Value: string): Promise<void> => {
  await ssm().send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
};

const printed = async (row: Row): Promise<readonly string[]> => {
  const readLog = logsOf(reachOf(test.stack.addresses), tools);
  const page = await readLog(logStreamOf(String(row.ecsTaskArn)), undefined);
  return page?.lines.map(({ text }) => text) ?? [];
};

beforeAll(async () => {
  test = await openTestStack();
  // A tool as a deployment would bring it, not pinned yet.
  const spec = await ssm().send(new GetParameterCommand({ Name: `${tools}/echo/spec` }));
  await put(`${tools}/third/spec`, spec.Parameter?.Value ?? '');
  await publish([
    bad('unpinned', '{"tool":"third"}', /never/),
    bad('unreleased', echo({}, { version: '1.1.0' }), /never/),
  ]);
  const all = [dropped, ...Object.values(refused)];
  goodIds = all.map((_, n) => `good-${n}`);
  const both = all.flatMap((one, n) => [one, good(`good-${n}`)]);
  const duplicates = [twice, twice].map((body) => bad('twice', body, /never/));
  await publish([
    ...both,
    ...duplicates,
    otherBody,
    bad('number', bigNumber, /never/),
    bad('headers', echo({ n: 6 }), /never/, { headers: strangeHeaders }),
  ]);
  dead = await lettersOf(Object.keys(refused).length + 1);
});

afterAll(() => test.close());

it.for(Object.entries(refused))('REJECTS %s with its reason in the row', async ([, sent]) => {
  const row = await test.rows.when(idOf(sent), ({ phase }) => phase !== undefined);
  expect(row).toMatchObject({ phase: 'REJECTED', outcome: expect.any(String) });
  expect(row.reason).toMatch(sent.reason);
  expect(row.expiresAt).toBeGreaterThan(Date.now() / 1000);
});

it.for(Object.entries(refused))('puts %s into davit.dead, with its reason', async ([, sent]) => {
  const letter = dead.get(idOf(sent));
  const row = await test.rows.row(idOf(sent));
  expect(letter?.properties.headers).toMatchObject({
    'davit-dead': row?.run,
    'davit-reason': row?.reason,
  });
  if (sent.body.length <= 64 * 1024) {
    expect(letter?.content.equals(sent.body)).toBe(true);
    return;
  }
  // Of a body that is too large, only the size and the digest are kept.
  expect(letter?.content).toHaveLength(0);
  expect(letter?.properties.headers).toMatchObject({
    'davit-bytes': sent.body.length,
    'davit-digest': sha256(sent.body),
  });
  expect(row).not.toHaveProperty('payload');
});

it('runs every good task among the bad ones, each once, and returns no batch', async () => {
  for (const id of goodIds) await succeeded(id);
  const starts = startsIn(test.tallyFile);
  expect([...starts.keys()].sort()).toEqual([...goodIds].sort());
  expect([...starts.values()].every((times) => times === 1)).toBe(true);
  expect(test.printed.filter((line) => /failed/.test(line))).toEqual([]);
});

it('drops a body of 6 MB before any function gets it, and logs that', async () => {
  expect(await test.rows.row('6-MB')).toBeUndefined();
  expect(test.printed.join('\n')).toMatch(/davit\.tasks: 1 messages? dropped \(too large\)/);
});

it('runs a message that comes twice once, and REJECTS another body under the same id', async () => {
  const row = await succeeded('twice');
  expect(row).toMatchObject({ run: 1, attempts: 1, digest: sha256(twice) });
  const rejected = await test.rows.row(derivedIdOf(otherBody));
  expect(rejected).toMatchObject({ phase: 'REJECTED' });
  expect(rejected?.reason).toMatch(otherBody.reason);
  const letter = dead.get(derivedIdOf(otherBody));
  expect(letter?.content.equals(otherBody.body)).toBe(true);
  expect(letter?.properties.headers?.['davit-reason']).toBe(rejected?.reason);
});

it('REJECTS a message that expires behind a backlog, with a dead letter and a reply', async () => {
  const { amqp } = test.stack.addresses;
  await declareQueue(amqp, 'reply.expired');
  // The trigger holds two batches of 100; the messages behind them wait in the queue, where a message may expire.
  const backlog = Array.from({ length: 400 }, () => ({
    body: Buffer.alloc(0),
    options: { persistent: true, messageId: 'no-row', headers: { 'davit-run': 1 } },
  }));
  const expiring = {
    persistent: true,
    messageId: 'expired',
    expiration: '1',
    replyTo: 'reply.expired',
    headers: { mine: 'kept' },
  };
  await publish([...backlog, { body: Buffer.from(echo({ n: 7 })), options: expiring }]);
  const row = await test.rows.when('expired', ({ phase }) => phase === 'REJECTED', 30_000);
  expect(row.reason).toMatch(/^RabbitMQ dropped the message.*expired/);
  const letter = (await lettersOf(1)).get('expired');
  expect(letter?.content.toString()).toBe(echo({ n: 7 }));
  expect(letter?.properties).toMatchObject({
    replyTo: 'reply.expired',
    headers: { mine: 'kept', 'davit-dead': 1, 'davit-reason': row.reason },
  });
  expect(letter?.properties.expiration).toBeUndefined();
  const replies = await until('a reply', async () => {
    const events = await takeEvents(amqp, 'reply.expired');
    return events.length > 0 ? events : undefined;
  });
  expect(replies).toMatchObject([{ taskId: 'expired', what: 'rejected' }]);
}, 60_000);

it('passes every number to the container as it was written', async () => {
  const lines = await printed(await succeeded('number'));
  expect(lines.at(-1)).toBe('DAVIT_RESULT {"n":9007199254740993,"e":1.10e-7,"z":-0}');
});

it('ignores unknown headers', async () => {
  expect(await succeeded('headers')).toMatchObject({ run: 1, exitCode: 0 });
});

it('queues a task of a version that was never released, and runs it at that version when it is', async () => {
  expect((await queued('unreleased')).waitingFor).toMatch(/^echo 1\.1\.0 is not registered/);
  await put(`${tools}/echo/version`, '1.1.0');
  const live = new GetParameterCommand({ Name: `${tools}/echo/live` });
  await until('echo 1.1.0 is live', async () => {
    const { Parameter } = await ssm().send(live);
    return JSON.parse(Parameter?.Value ?? '{}').release?.version === '1.1.0' || undefined;
  });
  // The same message asks again at once; without it, the sweep asks within a minute.
  await publish([bad('unreleased', echo({}, { version: '1.1.0' }), /never/)]);
  const row = await succeeded('unreleased');
  expect(row).toMatchObject({ version: '1.1.0', run: 1, attempts: 1 });
});

it('queues a task of a tool without a live version, and runs it within a minute of its release', async () => {
  expect((await queued('unpinned')).waitingFor).toMatch(/^third has no live version; asked again/);
  await put(`${tools}/third/version`, '1.0.0');
  const row = await test.rows.when('unpinned', ({ phase }) => phase === 'SUCCEEDED', 120_000);
  expect(row).toMatchObject({ tool: 'third', version: '1.0.0', run: 1, attempts: 1 });
});
