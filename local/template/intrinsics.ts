import { isObject } from '../../shared/core/object.ts';
import type { JsonObject } from '../endpoint/input.ts';
import { type Identity, listAt, refuse, textAt } from './types.ts';

/** Everything that intrinsic functions can refer to. */
export interface Scope {
  /** Parameters and pseudo parameters by name. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly conditions: JsonObject;
  readonly mappings: JsonObject;
  readonly region: string;
  readonly identityOf: (logicalId: string) => Identity | undefined;
}

/** CloudFormation's intrinsic functions over one scope. */
export interface Intrinsics {
  /** A value with the results of its intrinsics. Members that are `AWS::NoValue` are left out. */
  readonly resolve: (value: unknown, where: string) => unknown;
  readonly condition: (name: string) => boolean;
}

const noValue = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, where: string) => unknown;

/** Reads intrinsics of a template (CloudFormation user guide, "Intrinsic function reference"). */
export const openIntrinsics = (scope: Scope): Intrinsics => {
  const ref = (argument: unknown, where: string): unknown => {
    const name = textAt(argument, where);
    if (name === 'AWS::NoValue') return noValue;
    if (name in scope.values) return scope.values[name];
    const identity = scope.identityOf(name);
    if (identity === undefined)
      throw refuse(
        where,
        `Ref to ${name}, but the template declares neither a parameter nor a resource of that name.`,
      );
    return identity.ref;
  };

  const attribute = (argument: unknown, where: string): unknown => {
    const path = Array.isArray(argument) ? argument.join('.') : textAt(argument, where);
    const dot = path.indexOf('.');
    const value = scope.identityOf(path.slice(0, dot))?.attributes[path.slice(dot + 1)];
    if (value === undefined)
      throw refuse(
        where,
        `the local AWS does not know Fn::GetAtt ${path}; add the attribute to plan.ts of its service.`,
      );
    return value;
  };

  const substitute = (argument: unknown, where: string): unknown => {
    const [pattern, own] = Array.isArray(argument) ? argument : [argument, {}];
    const names = isObject(own) ? own : {};
    return textAt(pattern, where).replace(/\$\{([^}]+)\}/g, (_whole, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in names) return textAt(resolve(names[name], where), where);
      return textAt(name.includes('.') ? attribute(name, where) : ref(name, where), where);
    });
  };

  const join = (argument: unknown, where: string): unknown => {
    const [separator, parts] = listAt(argument, where);
    return listAt(resolve(parts, where), where)
      .map((part) => textAt(part, where))
      .join(textAt(separator, where));
  };

  const select = (argument: unknown, where: string): unknown => {
    const [index, values] = listAt(argument, where);
    const value = listAt(resolve(values, where), where)[Number(resolve(index, where))];
    if (value === undefined)
      throw refuse(where, `Fn::Select: the list has no index ${String(index)}.`);
    return value;
  };

  const split = (argument: unknown, where: string): unknown => {
    const [separator, value] = listAt(argument, where);
    return textAt(resolve(value, where), where).split(textAt(separator, where));
  };

  const choose = (argument: unknown, where: string): unknown => {
    const [name, yes, no] = listAt(argument, where);
    return resolveAny(condition(textAt(name, where)) ? yes : no, where);
  };

  const findInMap = (argument: unknown, where: string): unknown => {
    const path = listAt(argument, where).map((part) => textAt(resolve(part, where), where));
    const value = path.reduce<unknown>(
      (at, key) => (isObject(at) ? at[key] : undefined),
      scope.mappings,
    );
    if (value === undefined)
      throw refuse(where, `Fn::FindInMap: the mappings have no ${path.join('.')}.`);
    return value;
  };

  const intrinsics: Readonly<Record<string, Intrinsic>> = {
    Ref: ref,
    'Fn::GetAtt': attribute,
    'Fn::Sub': substitute,
    'Fn::Join': join,
    'Fn::Select': select,
    'Fn::Split': split,
    'Fn::If': choose,
    'Fn::FindInMap': findInMap,
    'Fn::GetAZs': () => ['a', 'b', 'c'].map((zone) => scope.region + zone),
    'Fn::Base64': (argument, where) =>
      Buffer.from(textAt(resolve(argument, where), where)).toString('base64'),
  };

  const intrinsicOf = (value: JsonObject): [Intrinsic | undefined, unknown, string] | undefined => {
    const [entry, ...more] = Object.entries(value);
    if (entry === undefined || more.length > 0) return undefined;
    const [name, argument] = entry;
    return name === 'Ref' || name.startsWith('Fn::')
      ? [intrinsics[name], argument, name]
      : undefined;
  };

  const resolveAny = (value: unknown, where: string): unknown => {
    if (Array.isArray(value)) {
      return value
        .map((one, index) => resolveAny(one, `${where}[${index}]`))
        .filter((one) => one !== noValue);
    }
    if (!isObject(value)) return value;
    const found = intrinsicOf(value);
    if (found !== undefined) {
      const [intrinsic, argument, name] = found;
      if (intrinsic === undefined)
        throw refuse(
          where,
          `the local AWS has no ${name}; add it to local/template/intrinsics.ts.`,
        );
      return intrinsic(argument, where);
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, one]): [string, unknown] => [key, resolveAny(one, `${where}.${key}`)])
        .filter(([, one]) => one !== noValue),
    );
  };

  const resolve = (value: unknown, where: string): unknown => {
    const resolved = resolveAny(value, where);
    return resolved === noValue ? undefined : resolved;
  };

  const conditionOf = (rule: unknown, where: string): boolean => {
    const [entry] = Object.entries(isObject(rule) ? rule : {});
    const [kind, argument] = entry ?? [];
    const parts = Array.isArray(argument) ? argument : [argument];
    switch (kind) {
      case 'Condition':
        return condition(textAt(argument, where));
      case 'Fn::Equals':
        return (
          JSON.stringify(resolve(parts[0], where)) === JSON.stringify(resolve(parts[1], where))
        );
      case 'Fn::Not':
        return !conditionOf(parts[0], where);
      case 'Fn::And':
        return parts.every((part) => conditionOf(part, where));
      case 'Fn::Or':
        return parts.some((part) => conditionOf(part, where));
      default:
        throw refuse(
          where,
          `the local AWS has no condition ${JSON.stringify(rule)}; add it to local/template/intrinsics.ts.`,
        );
    }
  };

  const condition = (name: string): boolean => {
    if (!(name in scope.conditions)) throw refuse('Conditions', `there is no condition ${name}.`);
    return conditionOf(scope.conditions[name], `Conditions.${name}`);
  };

  return { resolve, condition };
};
