import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../kit/root.ts';

/** Exported types of the core that are no words of ours: parts of another type, or tools of TypeScript. */
const technical: Readonly<Record<string, string>> = {
  Answer: 'the result of one function',
  AnswerAddress: 'where one answer goes',
  Ask: 'a message of davit.control: a control request or a rejection',
  Asked: 'a control request or the sentence that refuses it',
  Change: 'the result of one function',
  ClosureState: 'a part of Closure',
  Closures: 'closures by the names of their gates',
  Command: 'internal to the filling of a command',
  Common: 'the fields that every row has',
  CreatingFact: 'the facts that can make a row; a subset of Fact',
  EffectOf: 'one kind of Effect',
  FactOf: 'one kind of Fact',
  Fields: 'an object whose members are not known',
  Filled: 'the result of one function',
  GateSubject: 'what has to be looked up about a Gate',
  LimitTerms: 'a part of Limit and of ToolSpec',
  LineOf: 'one kind of SpokenLine',
  Look: 'the arguments of one function',
  Meaning: 'the result of one function',
  NamedTerms: 'the result of one function',
  Notification: 'the result of one function',
  Original: 'a part of Delivery',
  OutboxDue: 'a part of Due',
  OutboxKind: 'a part of DueKind',
  OwnKind: 'a part of DueKind',
  ParameterChange: 'what the event of a changed parameter says to one function',
  PlacedOutput: 'a part of Taken',
  PlacedRun: 'a part of Limit',
  PlacementChoice: 'the result of one function',
  Present: 'a helper type for optional fields',
  Redriven: 'a part of a control request',
  Reserved: 'the result of one function',
  RowFact: 'the facts about a row that exists; a subset of Fact',
  RunAtLimit: 'a run as a limit names it',
  RunContext: 'the arguments of one function',
  RunOfTool: 'the arguments of one function',
  Spoken: 'the kinds of events that follow from lines',
  SpokenBody: 'a part of Notice',
  StageTerms: 'a part of Limit and of ToolState',
  Stamps: 'the fields that every move sets',
  SuspectRun: 'a part of Limit',
  TaskAnswer: 'a part of an answer of control',
  TablePlace: 'a part of ComparisonPlace',
  Taken: 'the result of one function',
  Unstamped: 'a row without the fields that every move sets',
  Way: 'a part of ComparisonPlace',
  What: 'the kinds of events',
  Submitting: 'a part of a control request',
};

const page = readFileSync(join(root, 'docs/glossary.md'), 'utf8');
const entries = [
  ...page.matchAll(/^- \*\*(?<term>[^*]+)\*\*(?: \(`(?<type>\w+)`\))?: \S.*\.$/gm),
].map(({ groups }) => ({ term: groups?.term ?? '', type: groups?.type }));

const typesIn = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^export (?:interface|type) (\w+)/gm)].map(
      ([, name]) => name ?? '',
    ),
  );

test('every line of the list is an entry: - **word** (`Type`): a sentence.', () => {
  expect(entries).toHaveLength(page.split('\n').filter((line) => line.startsWith('- ')).length);
  expect(entries.length).toBeGreaterThan(50);
});

test('the entries are in alphabetical order, and no word stands twice', () => {
  const terms = entries.map(({ term }) => term.toLowerCase());
  expect(terms).toEqual([...new Set(terms)].toSorted((a, b) => a.localeCompare(b, 'en')));
});

test('every type that the glossary names is exported in shared/', () => {
  const known = typesIn('shared/**/*.ts');
  const gone = entries.flatMap(({ term, type }) =>
    type === undefined || known.includes(type)
      ? []
      : [
          `docs/glossary.md names \`${type}\` at "${term}", but shared/ exports no such type: write its new name there, or remove the parentheses.`,
        ],
  );
  expect(gone).toEqual([]);
});

test('every exported type of the core is in the glossary, or on the list of technical ones', () => {
  const named = entries.map(({ type }) => type);
  const missing = [...new Set(typesIn('shared/core/**/*.ts'))]
    .filter((type) => !named.includes(type) && !Object.hasOwn(technical, type))
    .map(
      (type) =>
        `shared/core exports the type ${type}: give it a line in docs/glossary.md, or a reason on the list \`technical\` in test/docs/glossary.test.ts.`,
    );
  expect(missing).toEqual([]);
});
