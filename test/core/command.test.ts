import { describe, expect, it } from 'vitest';
import {
  filledCommand,
  fixedCommand,
  hasPlaceholder,
  isArgument,
} from '../../shared/core/command.ts';

describe('an argument in tools.yml', () => {
  it.each([
    ['--out', true, false],
    ['{input.a.b}', true, true],
    ['a-{input.a}-b', true, true],
    ['{{a}}', true, false],
    ['{input}', false, false],
    ['{input.a', false, false],
    ['a}', false, false],
  ])('%s is well formed: %s, and needs the input: %s', (argument, isWell, needs) => {
    expect(isArgument(argument)).toBe(isWell);
    expect(hasPlaceholder(argument)).toBe(needs);
  });
});

describe('a command', () => {
  it('is the same for every task where it needs no input', () => {
    expect(fixedCommand(['cat', '{{a}}', ''])).toEqual(['cat', '{a}', '']);
    expect(fixedCommand(['cat', '{input.a}'])).toBeUndefined();
  });

  it('is filled with values as the message has them', () => {
    const command = ['{{{input.a.b}}}', '{input.n}', '{input.t}'];
    expect(filledCommand(command, '{"a":{"b":"x"},"n":12345678901234567890,"t":true}')).toEqual({
      command: ['{x}', '12345678901234567890', 'true'],
    });
  });

  it('says why it cannot be filled', () => {
    expect(filledCommand(['{input.a'], '{}')).toEqual({
      fault: "the tool's command in tools.yml has an argument with wrong braces",
    });
    expect(filledCommand(['{input.a}'], '{"a":null}')).toEqual({
      fault:
        "the tool's command needs input.a, but it is null: give a text, a number, true or false",
    });
  });
});
