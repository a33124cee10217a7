import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  defaultReplyPrefix,
  isReplyPrefix,
  replyAddressFault,
} from '../../shared/wire/reply-address.ts';

const faultOf = (replyTo: string) => replyAddressFault(replyTo, defaultReplyPrefix);

const processOf = (node: string, { tag = 88, atom = 118, more = '' } = {}): string =>
  Buffer.concat([
    Buffer.from([131, tag, atom, 0, Buffer.byteLength(node)]),
    Buffer.from(node),
    Buffer.from([0, 0, 3, 27, 0, 0, 0, 0, 107, 12, 158, 15]),
    Buffer.from(more),
  ]).toString('base64');

const key = 'yS+nC+9TCDPNN1azMHUTiQ==';
const directOf = (pid: string, ofKey = key) => `amq.rabbitmq.reply-to.${pid}.${ofKey}`;

describe('Davit may reply to', () => {
  test.each([
    // As RabbitMQ 3.10.8 wrote them.
    'amq.gen-rAq0F_hzQaWKVf-787Eoug',
    'amq.rabbitmq.reply-to.g1h2AA5yZXBseUA4NTY3NTQ1NwAAAxsAAAAAawyeDw==.yS+nC+9TCDPNN1azMHUTiQ==',
    directOf(processOf('reply@1')),
    directOf(processOf('reply@134217727')),
    'reply.web-1',
    'reply.davit.tasks',
    'reply.größe 1',
    `reply.${'x'.repeat(249)}`,
  ])('%s', (replyTo) => {
    expect(faultOf(replyTo)).toBeUndefined();
  });

  test('what a deployment has chosen', () => {
    expect(replyAddressFault('answers-web', 'answers-')).toBeUndefined();
    expect(replyAddressFault('reply.web', 'answers-')).toContain('begins with "answers-"');
  });
});

describe('Davit may not reply to', () => {
  test.each([
    'billing.jobs',
    'davit.tasks',
    'davit.control',
    'davit.dead',
    'reply',
    'reply.',
    'replyXweb',
    'Reply.web',
    ' reply.web',
    `reply.${'x'.repeat(250)}`,
    `reply.${'é'.repeat(125)}`,
    'reply.a\nb',
    'reply.\u001b[2J',
    'reply.\u202eweb',
    'reply.\ud800',
    'reply.\ufffd',
    'amq.topic',
    'amq.gen-',
    'amq.gen-x',
    'amq.gen-rAq0F_hzQaWKVf-787Eou',
    'amq.gen-rAq0F_hzQaWKVf-787EougA',
    'amq.gen-rAq0F_hzQaWKVf-787Eoub',
    'amq.gen-rAq0F+hzQaWKVf/787Eoug',
    'amq.gen-rAq0F_hzQaWKVf-787Eoug\n',
    'amq.rabbitmq.reply-to',
    'amq.rabbitmq.reply-to.',
    'amq.rabbitmq.reply-to..',
    'amq.rabbitmq.reply-to.!!!.x',
    'amq.rabbitmq.trace',
    directOf(processOf('reply@1'), 'x'),
    directOf(processOf('reply@1'), ''),
    directOf(processOf('reply@1'), `${key}.x`),
    directOf(processOf('reply@1'), `.${key}`),
    directOf(processOf('reply@12').replace(/=+$/, '')),
    directOf(` ${processOf('reply@1')}`),
    directOf(processOf('reply@host')),
    directOf(processOf('rabbit@8')),
    directOf(processOf('reply@-5')),
    directOf(processOf('reply@+5')),
    directOf(processOf('reply@1@2')),
    directOf(processOf('reply@12345678901')),
    directOf(processOf('reply')),
    directOf(processOf('reply@1', { tag: 103 })),
    directOf(processOf('reply@1', { atom: 100 })),
    directOf(processOf('reply@1', { more: 'xx' })),
    directOf('g2o='),
    directOf('g2l/////'),
  ])('%j', (replyTo) => {
    expect(faultOf(replyTo)).toMatch(
      /^reply_to must be .*amq\.gen-….*amq\.rabbitmq\.reply-to.*"reply\.", but is .*, under a new message_id\.$/,
    );
  });

  test('anything else, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.base64String(), (text, base64) => {
        for (const replyTo of [text, directOf(text), directOf(base64), `amq.gen-${base64}`]) {
          expect(faultOf(replyTo)).toBeTypeOf('string');
        }
      }),
    );
  });
});

describe('the prefix', () => {
  test.each(['reply.', 'answers-', 'web:', 'davits.', 'r', 'x'.repeat(64)])('may be %s', (text) => {
    expect(isReplyPrefix(text)).toBe(true);
  });

  test.each(['', '.', 'd', 'davit', 'davit.', 'davit.reply.', 'a', 'amq', 'amq.', 'amq.gen-'])(
    'may not be "%s"',
    (text) => {
      expect(isReplyPrefix(text)).toBe(false);
    },
  );

  test.each(['reply.*', 'a|b', 'x y', 'ä.', 'reply.\n', 'x'.repeat(65)])(
    'may not be a pattern or long: %j',
    (text) => {
      expect(isReplyPrefix(text)).toBe(false);
    },
  );
});
