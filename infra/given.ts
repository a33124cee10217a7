import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parse } from 'yaml';
import { nearest } from '../shared/wire/nearest.ts';

const parametersFile = new URL('parameters.yml', import.meta.url);

/**
 * Checks what a deploy names with `--param name=value`, and adds nothing to the template. Throws one error with every
 * name that no parameter has, which would be ignored, and every value that CloudFormation would refuse much later.
 */
export const checkGiven = (
  words: readonly string[],
  text = readFileSync(parametersFile, 'utf8'),
): object => {
  const declared = declaredIn(text);
  const faults = words.flatMap((word) => faultOf(word, declared) ?? []);
  if (faults.length > 0) {
    throw new Error(
      `This stage cannot be deployed with these parameters:\n${faults.map((one) => `- ${one}`).join('\n')}`,
    );
  }
  return {};
};

const declaredSchema = v.object({
  Parameters: v.record(
    v.string(),
    v.object({
      Default: v.string(),
      AllowedPattern: v.optional(v.string()),
      AllowedValues: v.optional(v.array(v.string())),
      ConstraintDescription: v.optional(v.string()),
    }),
  ),
});
type Declared = v.InferOutput<typeof declaredSchema>['Parameters'][string];

/** The parameters by the names that `--param` has for them. */
const declaredIn = (text: string): Readonly<Record<string, Declared>> =>
  Object.fromEntries(
    Object.values(v.parse(declaredSchema, parse(text)).Parameters).flatMap((one) => {
      const [, name] = /^\$\{param:(\w+)/.exec(one.Default) ?? [];
      return name === undefined ? [] : [[name, one]];
    }),
  );

const faultOf = (
  word: string,
  declared: Readonly<Record<string, Declared>>,
): string | undefined => {
  const [name = '', ...rest] = word.split('=');
  const one = declared[name];
  if (one === undefined) {
    const meant = nearest(name, Object.keys(declared));
    return `--param ${name}: there is no such parameter${meant ? `; did you mean ${meant}?` : ''}`;
  }
  return isAllowed(one, rest.join('='))
    ? undefined
    : `--param ${word}: ${one.ConstraintDescription ?? `must be ${one.AllowedValues?.join(' or ')}`}`;
};

const isAllowed = ({ AllowedPattern, AllowedValues }: Declared, value: string): boolean =>
  (AllowedValues?.includes(value) ?? true) &&
  (AllowedPattern === undefined || new RegExp(`^(?:${AllowedPattern})$`).test(value));
