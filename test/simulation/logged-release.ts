import type { Log } from '../../shared/ports.ts';
import type { Release } from './world.ts';

/** The name under which a logged release logs its calls; the fact `says` is a sentence. */
export const callLogged = 'port.called';

/** A release that logs what it does to rows, runs and messages, for the story. Nothing else is different. */
export const loggedRelease = (release: Release): Release => ({
  ...release,
  openFunctions: (outside) =>
    release.openFunctions({
      ...outside,
      guard: (name, port) => loggedPort(name, outside.guard(name, port), outside.log),
    }),
});

const loggedPort = <Port extends object>(name: string, port: Port, log: Log): Port =>
  new Proxy(port, {
    get: (target, key, receiver) => {
      const member: unknown = Reflect.get(target, key, receiver);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        const answer: unknown = Reflect.apply(member, target, given);
        if (!(answer instanceof Promise)) return answer;
        const call = `${name}.${String(key)}`;
        const say = (says: string | undefined): void => {
          if (says !== undefined) log('debug', callLogged, { says });
        };
        // The caller gets the same promise: another one would come later, and change the order of what happens at the same time.
        answer.then(
          (value: unknown) => say(saidOf(call, given, value)),
          (error: unknown) => say(`calls ${call}, which fails: ${String(error)}`),
        );
        return answer;
      };
    },
  });

/** What a call did, as the end of a sentence that begins with the function; undefined for calls that only read. */
const saidOf = (
  call: string,
  [first, second]: readonly unknown[],
  answer: unknown,
): string | undefined => {
  const how = endOf(answer);
  switch (call) {
    case 'tasks.create':
      return `writes a new row: ${rowText(first)}${how}`;
    case 'tasks.save':
      return `writes ${changeText(second, first)}${how}`;
    case 'runs.launch':
      return `asks ECS to run ${textAt(first, 'startedBy')} on ${textAt(first, 'capacityProvider')}: ${textAt(answer, 'kind')}`;
    case 'runs.stop':
      return `asks ECS to stop ${textOf(first)}: ${textOf(second)}`;
    case 'broker.ring':
      return `rings for ${textOf(first)}, run ${textOf(second)}${how}`;
    case 'broker.bury':
      return `sends the dead letter ${textAt(second, 'id')}${how}`;
    case 'broker.announce':
    case 'broker.reply':
    case 'bus.put':
      return `sends ${textAt(second, 'id')}${how}`;
    case 'broker.submit':
      return `submits ${textOf(first)}${how}`;
    case 'releases.saveLive':
      return `makes ${textOf(first)} ${textAt(fieldsOf(second).release, 'version')} live`;
    default:
      return undefined;
  }
};

/** `, but …` when it did not go as wanted. */
const endOf = (answer: unknown): string => {
  const kind = textAt(answer, 'kind');
  if (kind === 'lost') return ', but another writer was faster';
  return kind === '' || kind === 'saved' || kind === 'sent'
    ? ''
    : `, but it is ${kind} ${textAt(answer, 'why')}`.trimEnd();
};

const rowText = (row: unknown): string =>
  `${textAt(row, 'taskId')} (${textAt(row, 'phase')}, run ${textAt(row, 'run')})`;

/** Every write has these. */
const stamps = ['revision', 'updatedAt', 'phase', 'run'];

const changeText = (before: unknown, after: unknown): string => {
  const [was, is] = [rowText(before), rowText(after)];
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (name) => !stamps.includes(name) && JSON.stringify(old[name]) !== JSON.stringify(now[name]),
  );
  const left = Array.isArray(now.outbox) ? now.outbox.length : 0;
  const fields = changed
    .filter((name) => !/^outbox/.test(name))
    .concat(changed.includes('outbox') ? [`outbox (${left} left)`] : []);
  return was === is
    ? `${is}: changes ${fields.join(', ') || 'nothing'}`
    : `${is}, which was ${textAt(before, 'phase')}, run ${textAt(before, 'run')}`;
};

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const textAt = (value: unknown, name: string): string => textOf(fieldsOf(value)[name]);

const textOf = (value: unknown): string => (value === undefined ? '' : String(value));
