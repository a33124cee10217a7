import { callLogged } from './logged-release.ts';

/**
 * Makes a story of the lines that a world notes: one thing in one line, with its time, as a plain sentence. Invocations that did
 * nothing are left out. With `about`, lines that name a task but none of these are left out too.
 */
export const storyOf = (
  noted: readonly string[],
  about?: ReadonlySet<string>,
): readonly string[] => {
  const lines = noted.map(lineOf);
  const quiet = quietIn(lines);
  return lines.flatMap((line, at) =>
    quiet.has(at) || isOfOthers(line.text, about) ? [] : [`${line.time}  ${line.text}`],
  );
};

/** The ids of the tasks that a text names. */
export const tasksIn = (text: string): ReadonlySet<string> =>
  new Set(
    text.match(/\b(?:task-\d+|asked-\d+|rubbish-\d+|never-published|x-[0-9a-f]{20,})/g) ?? [],
  );

interface Line {
  readonly time: string;
  readonly text: string;
  /** The environment of a function that the line is about. */
  readonly environment?: string;
  readonly is?: 'begin' | 'end';
}

const lineOf = (noted: string): Line => {
  const [, time = '', text = noted] = /^(\S+) {2}(.*)$/s.exec(noted) ?? [];
  const trimmed = text.trim();
  const [, environment, rest = ''] = /^([a-z]+-\d+) (.*)$/s.exec(trimmed) ?? [];
  if (environment === undefined) return { time, text: worldText(trimmed) };
  if (/^\(.+\) is invoked$/.test(rest))
    return { time, environment, is: 'begin', text: `${environment} ${rest}` };
  if (rest === 'returned') return { time, environment, is: 'end', text: `${environment} is done` };
  const [, level, name = '', json = '{}'] = /^logs (\w+) (\S+) (.*)$/s.exec(rest) ?? [];
  if (level === undefined) return { time, environment, text: trimmed };
  const facts = factsIn(json);
  const text2 = name === callLogged ? String(facts.says) : loggedText(level, name, facts);
  return { time, environment, text: `${environment} ${text2}` };
};

/** `** the world calms down` says that nothing in Davit did it. */
const worldText = (text: string): string =>
  text
    .replace(/^\*\* /, '> ')
    .replace(/ ends: (\{.*\})$/s, (_all, json: string) => endText(factsIn(json)));

const endText = ({
  kind,
  exitCode,
  outOfMemory,
  reason,
}: Readonly<Record<string, unknown>>): string => {
  if (kind === 'exited')
    return ` exits with code ${String(exitCode)}${outOfMemory === true ? ', out of memory' : ''}`;
  return kind === 'notStarted' ? ` cannot start: ${String(reason)}` : ` is lost: ${String(reason)}`;
};

const loggedText = (
  level: string,
  name: string,
  facts: Readonly<Record<string, unknown>>,
): string =>
  `logs ${level} ${name}: ${Object.entries(facts)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')}`;

const factsIn = (json: string): Readonly<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
};

/** The places of the first and the last line of each invocation that has no other. */
const quietIn = (lines: readonly Line[]): ReadonlySet<number> => {
  const quiet = new Set<number>();
  const begun = new Map<string, number>();
  for (const [at, { environment, is }] of lines.entries()) {
    if (environment === undefined) continue;
    const begin = begun.get(environment);
    if (is === 'begin') begun.set(environment, at);
    else begun.delete(environment);
    if (is === 'end' && begin !== undefined) quiet.add(begin).add(at);
  }
  return quiet;
};

const isOfOthers = (text: string, about: ReadonlySet<string> | undefined): boolean => {
  if (about === undefined) return false;
  const named = [...tasksIn(text)];
  return named.length > 0 && !named.some((id) => about.has(id));
};
