import type { Item } from '../types.ts';
import { typeOf, valueTypes } from '../values.ts';
import type { Condition, Operand } from './tree.ts';

/** Why a value of the request cannot stand where a condition uses it, in AWS's words; undefined when all can. */
export const operandRefusal = (condition: Condition, values: Item): string | undefined => {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return firstOf(condition.parts, (part) => operandRefusal(part, values));
    case 'not':
      return operandRefusal(condition.part, values);
    case 'compare':
      if (condition.comparator === '=' || condition.comparator === '<>') return undefined;
      return firstOf([condition.left, condition.right], (operand) =>
        unordered(`operator: ${condition.comparator}`, typeIn(operand, values)),
      );
    case 'between':
      return firstOf([condition.low, condition.high], (operand) =>
        unordered('operator: BETWEEN', typeIn(operand, values)),
      );
    case 'in':
      return undefined;
    case 'function':
      return functionRefusal(condition, values);
  }
};

const functionRefusal = (
  { name, first, second }: Extract<Condition, { kind: 'function' }>,
  values: Item,
): string | undefined => {
  if (name === 'begins_with') {
    return firstOf([first, second], (operand) => {
      const type = operand && typeIn(operand, values);
      return type === undefined || type === 'S' || type === 'B' ? undefined : wrong(name, type);
    });
  }
  if (name !== 'attribute_type' || second === undefined) return undefined;
  const type = typeIn(second, values);
  if (type !== 'S') return wrong(name, type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}');
  const asked = second.kind === 'value' ? values[second.holder]?.S : undefined;
  return valueTypes.some((each) => each === asked)
    ? undefined
    : `Invalid attribute type name found; type: ${asked}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`;
};

const typeIn = (operand: Operand, values: Item): string | undefined => {
  if (operand.kind === 'path') return undefined;
  if (operand.kind === 'size') return 'N';
  const value = values[operand.holder];
  return value === undefined ? undefined : typeOf(value);
};

const unordered = (operator: string, type: string | undefined): string | undefined =>
  type === undefined || type === 'S' || type === 'N' || type === 'B'
    ? undefined
    : `Incorrect operand type for operator or function; ${operator}, operand type: ${type}`;

const wrong = (name: string, type: string): string =>
  `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`;

const firstOf = <One>(
  all: readonly One[],
  refusal: (one: One) => string | undefined,
): string | undefined => {
  for (const one of all) {
    const why = refusal(one);
    if (why !== undefined) return why;
  }
  return undefined;
};
