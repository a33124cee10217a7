import { lengths } from './ranges.ts';
import { shown } from './shown.ts';

/** The prefix of the queues for replies, unless a deployment sets another one. */
export const defaultReplyPrefix = 'reply.';

/**
 * Letters, digits, `_`, `-`, `:` and `.`: of these, only `.` has a meaning in a pattern of permissions. At most 64, so that there is
 * room for the rest of a name. No name of Davit or of the broker begins with the prefix, nor the prefix with `davit.` or `amq.`.
 */
const prefixForm =
  /^(?!(?:d|da|dav|davi|davit|a|am|amq)$)(?!(?:davit|amq)[.])[A-Za-z0-9_:-][A-Za-z0-9_:.-]{0,63}$/;

/** The rule for a prefix, for a sentence that continues after "must be". */
export const replyPrefixRule =
  'the beginning of queue names for replies, such as "reply.": 1 to 64 letters, digits, _, -, : or ., that neither begins with davit. or amq. nor is the beginning of one of them';

/** Whether a text may be the prefix of the queues for replies. */
export const isReplyPrefix = (text: string): boolean => prefixForm.test(text);

/**
 * Why Davit may not reply to a `reply_to`, and what to do. Undefined when it may: its publisher could declare or read such a queue
 * itself. The broker cannot check this, because its default exchange has one permission for all queues.
 */
export const replyAddressFault = (replyTo: string, prefix: string): string | undefined =>
  isServerNamed(replyTo) || isDirectReply(replyTo) || isNamed(replyTo, prefix)
    ? undefined
    : `reply_to must be a queue that the server named (amq.gen-…), direct reply-to (amq.rabbitmq.reply-to) or a queue whose name begins with "${prefix}", but is ${shown(replyTo)}. Publish it again with one of these, under a new message_id.`;

const direct = 'amq.rabbitmq.reply-to.';

/** Whether a text is meant as direct reply-to: such a reply goes to a channel, and not to a queue that could be missing. */
export const isDirect = (text: string): boolean => text.startsWith(direct);

/** Names by `rabbit_guid`: 16 bytes in URL-safe base64 without padding, so the last character has two bits. Only the broker makes such names. */
const isServerNamed = (text: string): boolean => /^amq\.gen-[A-Za-z0-9_-]{21}[AQgw]$/.test(text);

/**
 * RabbitMQ 3.9 to 4.2 write such a name in place of `amq.rabbitmq.reply-to` (rabbit_direct_reply_to.erl, later
 * rabbit_volatile_queue.erl): the process of a channel in Erlang's external format, whose node is `reply@<hash of its name>`, and
 * a key of 16 bytes, both in base64. 3.10 decodes it without the guard that 4.2 has, and closes the connection of a client that
 * publishes to a malformed name, or to a node that it does not have (shared/rabbit/reply-line.ts).
 */
const isDirectReply = (text: string): boolean => {
  if (!isDirect(text)) return false;
  const [pid = '', key = '', ...more] = text.slice(direct.length).split('.');
  return more.length === 0 && bytesOf(key)?.length === 16 && isProcess(bytesOf(pid));
};

/** The bytes of a base64 text; undefined when RabbitMQ would have written it in another way. */
const bytesOf = (base64: string): Buffer | undefined => {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : undefined;
};

/** NEW_PID_EXT: a node name as ATOM_UTF8_EXT, followed by number, serial and creation (Erlang, external term format). */
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

/** A name with invisible characters or invalid Unicode is refused: it would be written, and read back, as another name. */
const isNamed = (text: string, prefix: string): boolean =>
  text.length > prefix.length &&
  text.startsWith(prefix) &&
  Buffer.byteLength(text) <= lengths.short.most &&
  !/[\p{C}\p{Zl}\p{Zp}\uFFFD]/u.test(text);
