/**
 * Attacker: a tool, by its output and its result; a publisher, by the parts of its message that Davit prints.
 * Goal: to control the terminal of the operator who reads it: to change its title, put a command into the clipboard,
 * answer for the operator, hide text or show it in another order, overwrite a line, or forge one of Davit's own.
 * What remains possible: to be read. Every character that a terminal would obey or not show is printed as `\u{…}`, in JSON as `\uXXXX`.
 */
import { describe, expect, test } from 'vitest';
import type { Command } from '../../cli/command.ts';
import { cancel } from '../../cli/commands/cancel.ts';
import { dead } from '../../cli/commands/dead.ts';
import { limits } from '../../cli/commands/limits.ts';
import { list } from '../../cli/commands/list.ts';
import { logs } from '../../cli/commands/logs.ts';
import { pause } from '../../cli/commands/pause.ts';
import { pin } from '../../cli/commands/pin.ts';
import { placements } from '../../cli/commands/placements.ts';
import { redrive } from '../../cli/commands/redrive.ts';
import { show } from '../../cli/commands/show.ts';
import { submit } from '../../cli/commands/submit.ts';
import { versions } from '../../cli/commands/versions.ts';
import { type Answers, awsError, control, itemOf } from '../cli/fake-aws.ts';
import { limitAnswers } from '../cli/limit-answers.ts';
import { closedGate, live, parameter, spec } from '../cli/pins.ts';
import { startDavit } from '../cli/program.ts';
import { type Circumstances, type CommandResult, runCommand } from '../cli/run.ts';
import { at, ended, queued, running, runRecord, start } from '../cli/tasks.ts';
import { digestOf, logOf, taskRow } from './terminal-doors.ts';

/** Written independently of the product: characters that a terminal obeys, or does not show. */
const isHarmful = (point: number): boolean =>
  (point < 0x20 && point !== 0x09 && point !== 0x0a) ||
  (point >= 0x7f && point <= 0x9f) ||
  harmful.some(([first, last]) => point >= first && point <= last);

const harmful: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
];

const harmIn = (text: string): readonly string[] =>
  [...text]
    .filter((sign) => isHarmful(sign.codePointAt(0) ?? 0))
    .map((sign) => (sign.codePointAt(0) ?? 0).toString(16));

const attempts: readonly (readonly [what: string, text: string])[] = [
  ['change the title', '\u001b]0;owned\u0007'],
  ['change the title by C1', '\u009d0;owned\u009c'],
  ['fill the clipboard', '\u001b]52;c;cm0gLXJmIH4=\u0007'],
  ['hide an address behind a link', '\u001b]8;;http://evil.example\u001b\\here\u001b]8;;\u001b\\'],
  ['clear the screen', '\u001b[2J\u001b[H'],
  ['clear the screen by C1', '\u009b2J'],
  ['have the terminal answer', '\u001b[6n\u001b[c\u0005'],
  ['paint with a DCS string', '\u001bPq#0;2;0;0;0\u001b\\'],
  ['hide in an APC string', '\u001b_hidden\u001b\\'],
  ['hide in a PM string', '\u001b^hidden\u001b\\'],
  ['hide in a SOS string', '\u001bXhidden\u001b\\'],
  ['hide what follows in a string without an end', '\u001b]0;'],
  ['end in the middle of a sequence', 'a\u001b'],
  ['hide text by its colour', '\u001b[8mhidden\u001b[30;40m'],
  [
    'build a sequence out of the parts that remain after a removal',
    '\u001b\u001b[0m[2J\u001b[\u001b[1m2J',
  ],
  ['reset the terminal', '\u001bc\u001b#8\u000e'],
  ['overwrite the line', 'failed\rSUCCEEDED'],
  ['overwrite by backspaces', 'failed\b\b\b\b\b\bfine'],
  ['turn the order', 'a\u202egnp.exe\u202c \u2066b\u2069 \u200fc\u061c'],
  ['break the line', 'a\u2028b\u2029c\u0085d\u000be\u000cf'],
  ['hide a difference', 'ad\u200bmin\u2060\ufeff\u00ad\u3164'],
  ['hide a message in tags', `a${'\u{e0041}\u{e0042}'.repeat(3)}`],
  ['hide a message in selectors', 'a\ufe00\ufe0f\u{e0100}'],
  ['write half a character', 'a\ud83d b\udc00'],
  ['ring and delete', '\u0007\u007f'],
];

const failure = (text: string) =>
  ended({
    phase: 'FAILED',
    digest: digestOf('{"tool":"transcoder"}'),
    outcome: `o ${text} o`,
    reason: `r ${text} r`,
    runs: [runRecord({ verdict: 'tool', why: `w ${text} w`, exitCode: 1 })],
  });

const submitting: Answers = {
  ...control((asked) =>
    asked.ask === 'submit' ? { kind: 'submitted', taskId: asked.taskId } : { kind: 'backlog' },
  ),
  GetParametersByPath: () => ({ Parameters: [spec, live()] }),
};

interface Door {
  readonly command: Command;
  readonly args: readonly string[];
  readonly answers: (text: string) => Answers;
}

const followed = (text: string): Answers => ({
  ...submitting,
  GetItem: () => itemOf(failure(text)),
  GetLogEvents: logOf([text, `x ${text} y`]),
});

/** The commands that print text of others. */
const deadWith = (text: string): Answers => ({
  Query: () => ({ Items: [taskRow({ reason: text, tool: text })] }),
});

const doors: Readonly<Record<string, Door>> = {
  logs: { command: logs, args: ['film-42'], answers: followed },
  'logs --follow': { command: logs, args: ['film-42', '-f'], answers: followed },
  'submit --follow --logs': {
    command: submit,
    args: ['transcoder', '--id', 'film-42', '--follow', '--logs'],
    answers: followed,
  },
  'submit --follow': {
    command: submit,
    args: ['transcoder', '--id', 'film-42', '--follow'],
    answers: followed,
  },
  'show, of a log': { command: show, args: ['film-42'], answers: followed },
  'show, of a row': {
    command: show,
    args: ['film-42'],
    answers: (text) => ({
      GetItem: () =>
        itemOf({
          ...failure(text),
          logTail: `one ${text}\ntwo ${text}`,
          result: text,
          tenant: text,
          replyTo: text,
          payload: new TextEncoder().encode(`{"a":"${text}"}`),
          repliesGivenUp: { count: 1, queue: text, what: 'failed', why: text, at: at(30) },
        }),
    }),
  },
  'show, of a row that waits': {
    command: show,
    args: ['film-42'],
    answers: (text) => ({
      GetItem: () => itemOf(queued({ hold: { by: 'tool/t', why: text, since: at(1) } })),
    }),
  },
  dead: { command: dead, args: [], answers: (text) => deadWith(text) },
  'redrive --dry-run': {
    command: redrive,
    args: ['--tool', 'transcoder', '--dry-run'],
    answers: (text) => deadWith(text),
  },
  cancel: {
    command: cancel,
    args: ['film-42'],
    answers: (text) =>
      control(() => ({ kind: 'tasks', tasks: [{ taskId: text, how: 'failed', says: text }] })),
  },
  list: {
    command: list,
    args: [],
    answers: (text) => ({
      ...submitting,
      Query: ({ IndexName }: Readonly<Record<string, unknown>>) => ({
        Items:
          IndexName === undefined ? [] : [taskRow({ tool: text, version: text, reason: text })],
      }),
    }),
  },
  versions: {
    command: versions,
    args: [],
    answers: (text) => ({
      Query: () => ({ Items: [] }),
      GetItem: () => ({}),
      GetParameterHistory: () => ({ Parameters: [] }),
      GetParametersByPath: () => ({
        Parameters: [
          spec,
          live({ refusal: { version: `9${text}`, why: text, at: at(5) } }),
          parameter('transcoder/version', `1${text}`),
          parameter('transcoder/paused', text),
          parameter(`t${text}/live`, text),
        ],
      }),
    }),
  },
  pin: {
    command: pin,
    args: ['transcoder', '9.9.9'],
    answers: (text) => ({
      PutParameter: () => ({ Version: 1 }),
      GetParametersByPath: () => ({
        Parameters: [
          spec,
          live({ refusal: { version: '9.9.9', why: text, at: at(5) } }),
          parameter('transcoder/version', '9.9.9'),
        ],
      }),
    }),
  },
  pause: {
    command: pause,
    args: ['transcodr', '--why', 'a reason'],
    answers: (text) => ({
      GetParametersByPath: () => ({
        Parameters: [spec, parameter(`transcodr${text}/spec`, '{}')],
      }),
    }),
  },
  placements: {
    command: placements,
    args: [],
    answers: (text) => ({
      GetItem: () => ({ Item: { ...closedGate, reason: { S: text } } }),
      Query: () => ({ Count: 0 }),
    }),
  },
  limits: {
    command: limits,
    args: [],
    answers: (text) => {
      const answers = limitAnswers();
      return {
        ...answers,
        Query: (asked) =>
          asked.IndexName === 'waiting'
            ? {
                Items: [
                  {
                    taskId: { S: 'film-3' },
                    waitingSince: { S: `a${text}#2026-11-24T04:12:00.000Z` },
                  },
                ],
              }
            : answers.Query(asked),
      };
    },
  },
  'a refused submission': {
    command: submit,
    args: ['transcoder'],
    answers: (text) => ({
      ...submitting,
      ...control(() => ({ kind: 'refused', reason: text })),
    }),
  },
  'an error of AWS': {
    command: list,
    args: [],
    answers: (text) => ({
      Query: () => {
        throw awsError('SomeException', text);
      },
    }),
  },
};

const throughDoor = async (
  { command, args, answers }: Door,
  text: string,
  more: { readonly args?: readonly string[]; readonly how?: Circumstances } = {},
): Promise<CommandResult> =>
  await runCommand(command, [...args, ...(more.args ?? [])], answers(text), more.how);

const screen = { columns: 80, colours: true };

/** Without the colours that Davit itself adds. */
const uncoloured = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove.
  text.replace(/\u001b\[(?:1|2|22|3[1-6]|39)m/g, '');

describe.each(Object.entries(doors))('through `davit %s`', (_name, door) => {
  test.each(attempts)('an attempt to %s reaches no terminal', async (_what, text) => {
    const terminal = await throughDoor(door, text, { how: { screen, isTerminal: true } });
    const pipe = await throughDoor(door, text);
    for (const { out, remarks } of [terminal, pipe]) {
      expect(harmIn(uncoloured([...out, ...remarks].join('\n')))).toEqual([]);
      // A remark is one line.
      expect(remarks.filter((line) => line.includes('\n'))).toEqual([]);
    }
    expect(terminal.remarks.join()).not.toMatch(/cannot be read|is not faked/);
    expect([...terminal.out, ...terminal.remarks].length).toBeGreaterThan(0);
  });

  test('nothing of it reaches a terminal raw by --json', async () => {
    const text = attempts.map(([, one]) => one).join(' ');
    const { out, remarks } = await throughDoor(door, text, { args: ['--json'] });
    expect(harmIn([...out, ...remarks].join('\n'))).toEqual([]);
  });
});

describe('a tool', () => {
  const logOfTask = (...lines: readonly string[]): Answers => ({
    ...followed(''),
    GetLogEvents: logOf(lines),
  });

  test('gets its text unchanged in --json, character for character', async () => {
    const text = attempts.map(([, one]) => one.toWellFormed()).join(' ');
    const { out } = await runCommand(logs, ['film-42', '--json'], logOfTask(text));
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ message: text });
  });

  test('cannot make one sequence of two lines, nor of two pages', async () => {
    const pages = [['\u001b]52;c;cm0g'], ['LXJmIH4=\u0007', 'end']];
    const { out } = await runCommand(logs, ['film-42'], {
      ...followed(''),
      GetLogEvents: ({ nextToken = '0' }: Readonly<Record<string, string>>) => ({
        events: (pages[Number(nextToken)] ?? []).map((message) => ({ timestamp: start, message })),
        nextForwardToken: String(Math.min(Number(nextToken) + 1, pages.length)),
      }),
    });
    expect(harmIn(out.join('\n'))).toEqual([]);
    expect(out).toHaveLength(3);
    expect(out.at(-1)).toBe('end');
  });

  // A line of Davit begins with a time, and a line of a container with a bar.
  const forged = '04:12:20  SUCCEEDED  run 1 ended: all is well';
  const following = ['transcoder', '--id', 'film-42', '--follow', '--logs'];

  test.each([
    ['a line break', `x\n${forged}`],
    ['a carriage return', `x\r${forged}`],
    ['a line separator', `x\u2028${forged}`],
    ['a vertical tab', `x\u000b${forged}`],
    ['the edge of the screen', `${'x'.repeat(68)}${forged}`],
    ['the edge of the screen, in wide characters', `${'映'.repeat(34)}${forged}`],
    ['the edge of the screen, by tabs', `${'\t'.repeat(9)}${forged}`],
    ['the edge of the screen, by spaces', `${' '.repeat(68)}${forged}`],
  ])('cannot forge a line of Davit by %s', async (_what, text) => {
    const { out } = await runCommand(submit, following, logOfTask(text), {
      screen,
      isTerminal: true,
    });
    const rows = out.flatMap((line) => line.split('\n')).flatMap((line) => wrapped(line));
    expect(rows.filter((row) => row.startsWith('04:12:20  SUCCEEDED'))).toEqual([]);
    expect(rows.join('')).toContain('all');
  });

  test.each([
    ['show', show, ['film-42']],
    ['submit --follow', submit, following.slice(0, -1)],
  ])(
    'cannot forge a line of `davit %s` by a long result or error',
    async (_name, command, args) => {
      for (let pad = 0; pad < 80; pad += 1) {
        const row = { ...failure(`${'x'.repeat(pad)}${forged}`), result: forged };
        const answers = { ...logOfTask(), GetItem: () => itemOf(row) };
        const { out } = await runCommand(command, args, answers, { screen, isTerminal: true });
        const rows = out.flatMap((line) => wrapped(line));
        expect(rows.filter((one) => one.startsWith('04:12:20  SUCCEEDED'))).toEqual([]);
      }
    },
  );

  test('may print joined emoji, flags and keycaps', async () => {
    const text = '👩‍👩‍👧‍👦 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪 1️⃣ 👍🏽 é ü 映画 אב';
    const { out } = await runCommand(logs, ['film-42'], logOfTask(text));
    expect(out).toEqual([text]);
  });

  test('loses its colours, and keeps its text and indents', async () => {
    const line = '\u001b[32m ok\u001b[0m\t3 of 3 \u001b[1;38:2::1:2:3mtests\u001b[m\r';
    const { out } = await runCommand(logs, ['film-42'], logOfTask(line));
    expect(out).toEqual([' ok\t3 of 3 tests']);
  });

  test('is printed as it wrote by --raw into a pipe, and not onto a terminal', async () => {
    const lines = attempts.map(([, one]) => one.toWellFormed());
    const answers = logOfTask(...lines);
    const davit = await startDavit(['logs', 'film-42', '--raw'], { answers });
    expect(await davit.ended).toEqual({
      code: 0,
      stdout: lines.map((line) => `${line}\n`).join(''),
      stderr: '',
    });
    const onto = await runCommand(logs, ['film-42', '--raw'], answers, { isTerminal: true });
    expect(onto).toMatchObject({ code: 2, out: [] });
    expect(onto.remarks).toEqual([expect.stringMatching(/^--raw .* terminal: pipe/)]);
  });
});

/** The rows of 80 columns that a terminal makes of a line; the characters of these tests are one or two columns wide. */
const wrapped = (line: string): readonly string[] => {
  const rows = [''];
  let used = 0;
  for (const sign of uncoloured(line)) {
    const width = sign === '映' ? 2 : sign === '\t' ? 8 - (used % 8) : 1;
    if (used + width > 80) {
      rows.push('');
      used = 0;
    }
    rows.push(`${rows.pop()}${sign}`);
    used += width;
  }
  return rows;
};

describe('a publisher', () => {
  test('cannot write to a terminal by an argument that a command quotes', async () => {
    for (const [, text] of attempts.filter(([, one]) => one.isWellFormed())) {
      const [asShow, asLimit, asExtra] = await Promise.all([
        runCommand(show, [text], {}),
        runCommand(list, ['--limit', text], {}),
        runCommand(show, ['a', text], {}),
      ]);
      const printed = [asShow, asLimit, asExtra].flatMap(({ out, remarks }) => [
        ...out,
        ...remarks,
      ]);
      expect(harmIn(printed.join('\n'))).toEqual([]);
    }
  });

  test('cannot stop `show` for long with a body of a megabyte of links', async () => {
    const payload = new TextEncoder().encode('\u001b]8;;'.repeat(170_000));
    const { out } = await runCommand(show, ['film-42'], {
      GetItem: () => itemOf(running({ payload, payloadBytes: payload.byteLength })),
    });
    expect(harmIn(out.join('\n'))).toEqual([]);
    expect(out.join('\n').length).toBeLessThan(20_000);
  });
});
