import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkGiven } from '../../infra/given.ts';
import { isReplyPrefix } from '../../shared/wire/reply-address.ts';
import { root } from '../kit/root.ts';

const text = `Parameters:
  Word: { Default: "\${param:word}" }
  Mode: { Default: "\${param:mode, 'now'}", AllowedValues: [now, later] }
  Place: { Default: "\${param:place}", AllowedPattern: 'a+', ConstraintDescription: must be full of a }
`;

describe('what a deploy names', () => {
  it('adds nothing to the template', () => {
    expect(checkGiven([], text)).toEqual({});
    expect(checkGiven(['word=any=thing', 'mode=later', 'place=aa'], text)).toEqual({});
    const local = parse(readFileSync(join(root, 'infra/local.yml'), 'utf8'));
    const words = Object.entries(local).map(([name, value]) => `${name}=${value}`);
    // Where the stage lies is an option on the command line.
    expect(checkGiven(words.filter((word) => !word.startsWith('region=')))).toEqual({});
  });

  it('takes the prefixes of queues for replies that the functions take, and no other', () => {
    const prefixes = ['reply.', 'answers-', 'x'.repeat(64), 'davits.', 'web:'];
    const others = ['', '.*', 'a|b', 'd', 'davit', 'davit.', 'davit.x', 'amq', 'amq.gen-', 'ä.'];
    for (const prefix of [...prefixes, ...others, 'x'.repeat(65)]) {
      const given = () => checkGiven([`replyPrefix=${prefix}`]);
      if (isReplyPrefix(prefix)) expect(given).not.toThrow();
      else expect(given).toThrow('must be 1 to 64 letters');
    }
  });

  it('is refused with every fault in one error', () => {
    expect(() => checkGiven(['wrod=1', 'mode=soon', 'place=ab', 'zzzzzzzzzzzz=1'], text)).toThrow(
      [
        'This stage cannot be deployed with these parameters:',
        '- --param wrod: there is no such parameter; did you mean word?',
        '- --param mode=soon: must be now or later',
        '- --param place=ab: must be full of a',
        '- --param zzzzzzzzzzzz: there is no such parameter',
      ].join('\n'),
    );
  });
});
