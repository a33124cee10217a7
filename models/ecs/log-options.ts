import { ownOf } from '../own.ts';

/** The options that ECS takes for the log driver awslogs (ECS guide, awslogs log driver; the API's LogConfiguration). */
const known = [
  'awslogs-create-group',
  'awslogs-datetime-format',
  'awslogs-group',
  'awslogs-multiline-pattern',
  'awslogs-region',
  'awslogs-stream-prefix',
  'max-buffer-size',
  'mode',
];

const modes = ['blocking', 'non-blocking'];

/** On Fargate the prefix is required as well (ECS guide, awslogs log driver). */
const required = ['awslogs-group', 'awslogs-stream-prefix'];

export interface LogConfiguration {
  readonly logDriver: string;
  readonly options?: Readonly<Record<string, string>>;
}

/** Why ECS takes no such options of awslogs, or undefined; the first two sentences are AWS's, the others ours. */
export const logOptionsFault = (logs: LogConfiguration | undefined): string | undefined => {
  if (logs?.logDriver !== 'awslogs') return undefined;
  const options = logs.options ?? {};
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length > 0) return `Log driver awslogs disallows options: ${unknown.join(', ')}`;
  const of = (name: string): string | undefined => ownOf(options, name);
  if ((of('awslogs-create-group') ?? 'true') !== 'true') {
    return "Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option.";
  }
  const mode = of('mode');
  if (mode !== undefined && !modes.includes(mode)) {
    return `Log driver awslogs option 'mode' should be ${modes.join(' or ')}.`;
  }
  return bufferFault(of('max-buffer-size'), mode);
};

/** Why the logs of these containers have no place to go on Fargate, or undefined; the sentence is ours. */
export const missingLogOptions = (all: readonly (LogConfiguration | undefined)[]) => {
  const missing = required.filter((option) =>
    all.some(
      (logs) => logs?.logDriver === 'awslogs' && ownOf(logs.options ?? {}, option) === undefined,
    ),
  );
  return missing.length === 0
    ? undefined
    : `Log driver awslogs requires options: ${missing.join(', ')}.`;
};

/** Docker's driver refuses a buffer that is not asked for (moby, daemon/logger, ValidateLogOpts). */
const bufferFault = (size: string | undefined, mode: string | undefined): string | undefined => {
  if (size === undefined) return undefined;
  if (mode !== 'non-blocking') {
    return "Log driver awslogs option 'max-buffer-size' is only supported with mode non-blocking.";
  }
  return /^[1-9]\d*[kmg]?b?$/i.test(size)
    ? undefined
    : "Log driver awslogs option 'max-buffer-size' should be a size like 25m.";
};
