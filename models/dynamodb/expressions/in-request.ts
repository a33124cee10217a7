import { no, type Result, unless, yes } from '../result.ts';
import type { Item } from '../types.ts';
import { operandRefusal } from './operand-types.ts';
import { type Holders, overlapOf, resolved } from './paths.ts';
import { parseCondition } from './read-condition.ts';
import { parseProjection, parseUpdate } from './read-update.ts';
import type { Change, Condition, Parsed, Path } from './tree.ts';

/** The members of a request that concern expressions. */
export interface ExpressionInput {
  readonly UpdateExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly FilterExpression?: string | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Item | undefined;
}

/** The expressions of one request, read and checked against its placeholders. */
export interface Expressions {
  readonly holders: Holders;
  readonly update: readonly Change[] | undefined;
  readonly condition: Condition | undefined;
  readonly keyCondition: Condition | undefined;
  readonly filter: Condition | undefined;
  /** Resolved. */
  readonly projection: readonly Path[] | undefined;
}

/** Reads the expressions of a request, or says in AWS's words what is wrong with the first that is wrong. */
export const expressionsIn = (input: ExpressionInput): Result<Expressions> => {
  const holders: Holders = {
    names: input.ExpressionAttributeNames ?? {},
    values: input.ExpressionAttributeValues ?? {},
  };
  const used = new Set<string>();
  const readOne = <Tree>(
    kind: ExpressionName,
    parse: (source: string) => Parsed<Tree>,
    refusal: (tree: Tree) => string | undefined,
  ): Result<Tree | undefined> => {
    const source = input[kind];
    if (source === undefined) return yes(undefined);
    const parsed = parse(source);
    const why = parsed.ok
      ? (undefinedHolder(parsed.holders, holders) ?? refusal(parsed.tree))
      : parsed.why;
    if (why !== undefined || !parsed.ok) return no(`Invalid ${kind}: ${why}`);
    for (const holder of parsed.holders) used.add(holder);
    return yes(parsed.tree);
  };
  const types = (condition: Condition) => operandRefusal(condition, holders.values);
  const overlap = (paths: readonly Path[]) =>
    overlapOf(paths.map((path) => resolved(path, holders)));

  const read = {
    update: readOne('UpdateExpression', readUpdate, (changes) =>
      overlap(changes.map(({ path }) => path)),
    ),
    condition: readOne('ConditionExpression', readCondition, types),
    keyCondition: readOne('KeyConditionExpression', readCondition, types),
    filter: readOne('FilterExpression', readCondition, types),
    projection: readOne('ProjectionExpression', readProjection, overlap),
  };
  for (const one of Object.values(read)) if (!one.ok) return one;
  const why = unusedHolder(input, used);
  return unless(why, {
    holders,
    update: contentOf(read.update),
    condition: contentOf(read.condition),
    keyCondition: contentOf(read.keyCondition),
    filter: contentOf(read.filter),
    projection: contentOf(read.projection)?.map((path) => resolved(path, holders)),
  });
};

const contentOf = <Content>(result: Result<Content | undefined>): Content | undefined =>
  result.ok ? result.content : undefined;

type ExpressionName = Extract<keyof ExpressionInput, `${string}Expression`>;

const expressionNames: readonly ExpressionName[] = [
  'UpdateExpression',
  'ConditionExpression',
  'KeyConditionExpression',
  'FilterExpression',
  'ProjectionExpression',
];

/** Texts of expressions come again and again: each is parsed once. The cap is for callers that invent texts. */
const remembering = <Tree>(
  parse: (source: string) => Parsed<Tree>,
): ((source: string) => Parsed<Tree>) => {
  const known = new Map<string, Parsed<Tree>>();
  return (source) => {
    const before = known.get(source);
    if (before !== undefined) return before;
    const parsed = parse(source);
    if (known.size >= mostRemembered) known.clear();
    known.set(source, parsed);
    return parsed;
  };
};

const mostRemembered = 10_000;

const readUpdate = remembering(parseUpdate);
const readCondition = remembering(parseCondition);
const readProjection = remembering(parseProjection);

const undefinedHolder = (
  used: ReadonlySet<string>,
  { names, values }: Holders,
): string | undefined => {
  for (const holder of used) {
    if (holder.startsWith('#') && !Object.hasOwn(names, holder))
      return `An expression attribute name used in the document path is not defined; attribute name: ${holder}`;
    if (holder.startsWith(':') && values[holder] === undefined)
      return `An expression attribute value used in expression is not defined; attribute value: ${holder}`;
  }
  return undefined;
};

const unusedHolder = (input: ExpressionInput, used: ReadonlySet<string>): string | undefined => {
  const hasSome = expressionNames.some((name) => input[name] !== undefined);
  for (const kind of ['ExpressionAttributeNames', 'ExpressionAttributeValues'] as const) {
    const given = input[kind];
    if (given === undefined) continue;
    if (!hasSome) return `${kind} can only be specified when using expressions`;
    const all = Object.keys(given);
    if (all.length === 0) return `${kind} must not be empty`;
    const unused = all.filter((holder) => !used.has(holder));
    if (unused.length > 0)
      return `Value provided in ${kind} unused in expressions: keys: {${unused.join(', ')}}`;
  }
  return undefined;
};
