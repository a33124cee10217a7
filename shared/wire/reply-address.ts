import { lengths } from './ranges.ts';
import { shown } from './shown.ts';

/** What the names of the queues begin with to which Davit replies, where a deployment says nothing else. */
export const defaultReplyPrefix = 'reply.';

/**
 * Letters, digits, `_`, `-`, `:` and `.`, 64 of them at most, so that a name has room behind it and a pattern of permissions
 * needs no thought. It covers no name of Davit's or of the broker's: neither begins with the other.
 */
const prefixForm =
  /^(?!(?:d|da|dav|davi|davit|a|am|amq)$)(?!(?:davit|amq)[.])[A-Za-z0-9_:-][A-Za-z0-9_:.-]{0,63}$/;

/** What a prefix must be, as the end of a sentence that begins with "must be". */
export const replyPrefixRule =
  'the beginning of queue names for replies, such as "reply.": 1 to 64 letters, digits, _, -, : or ., that neither covers nor begins with davit. or amq.';

/** Whether a text may be the prefix of the queues for replies. */
export const isReplyPrefix = (text: string): boolean => prefixForm.test(text);

/**
 * Why nothing may be sent to a `reply_to`, with what to do; undefined where Davit may write: into queues that its publisher
 * could declare or read itself. The broker cannot hold this, since its default exchange has one permission for all queues.
 */
export const replyAddressFault = (replyTo: string, prefix: string): string | undefined =>
  isServerNamed(replyTo) || isDirectReply(replyTo) || isNamed(replyTo, prefix)
    ? undefined
    : `reply_to must be a queue that the server named (amq.gen-…), direct reply-to (amq.rabbitmq.reply-to) or a queue of which the name begins with "${prefix}", but is ${shown(replyTo)}. Publish it again with one of these, under a new message_id.`;

const direct = 'amq.rabbitmq.reply-to.';

/** Whether a text is meant as direct reply-to: such a message goes to a channel, not to a queue that could be missing. */
export const isDirect = (text: string): boolean => text.startsWith(direct);

/** `rabbit_guid`: 16 bytes in the alphabet of URLs, without padding; the last character has two bits. Nobody else may declare them. */
const isServerNamed = (text: string): boolean => /^amq\.gen-[A-Za-z0-9_-]{21}[AQgw]$/.test(text);

/**
 * As RabbitMQ 3.9 to 4.2 write it in place of `amq.rabbitmq.reply-to` (rabbit_direct_reply_to.erl, later
 * rabbit_volatile_queue.erl): the process of a channel in Erlang's external format, whose node is `reply@<hash of its name>`, and
 * a key of 16 bytes, both in base64. 3.10 decodes it without the guard that 4.2 has: what is not well-formed ends the connection
 * that publishes to it. So does what is, of a node that the broker does not have: shared/rabbit/reply-line.ts.
 */
const isDirectReply = (text: string): boolean => {
  if (!isDirect(text)) return false;
  const [pid = '', key = '', ...more] = text.slice(direct.length).split('.');
  return more.length === 0 && bytesOf(key)?.length === 16 && isProcess(bytesOf(pid));
};

/** What base64 stands for; undefined where RabbitMQ would have written it in another way. */
const bytesOf = (base64: string): Buffer | undefined => {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : undefined;
};

/** NEW_PID_EXT with a node name of ATOM_UTF8_EXT, and behind it number, serial and creation (Erlang, external term format). */
const isProcess = (bytes: Buffer | undefined): boolean => {
  if (bytes === undefined || bytes.length < 5 + 12) return false;
  const [version, type, atom] = bytes;
  const node = bytes.subarray(5, -12);
  return (
    version === 131 &&
    type === 88 &&
    atom === 118 &&
    bytes.readUInt16BE(3) === node.length &&
    /^reply@\d{1,9}$/.test(node.toString('latin1'))
  );
};

/** What is invisible or no Unicode would be written, and read back, as another name. */
const isNamed = (text: string, prefix: string): boolean =>
  text.length > prefix.length &&
  text.startsWith(prefix) &&
  Buffer.byteLength(text) <= lengths.short.most &&
  !/[\p{C}\p{Zl}\p{Zp}\uFFFD]/u.test(text);
