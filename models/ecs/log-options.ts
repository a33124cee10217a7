import { ownOf } from '../own.ts';

/** The options that ECS accepts for the log driver awslogs (ECS guide, awslogs log driver; the API's LogConfiguration). */
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

/** Fargate requires the prefix too (ECS guide, awslogs log driver). */
const required = ['awslogs-group', 'awslogs-stream-prefix'];

export interface LogConfiguration {
  readonly logDriver: string;
  readonly options?: Readonly<Record<string, string>>;
}

/** Why ECS refuses these options of awslogs, or undefined. The first two sentences are AWS's, the others are ours. */
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

/** Which log options these containers lack on Fargate, as a sentence of ours; undefined when they lack none. */
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

/** Docker's driver refuses a buffer size in blocking mode (moby, daemon/logger, ValidateLogOpts). */
const bufferFault = (size: string | undefined, mode: string | undefined): string | undefined => {
  if (size === undefined) return undefined;
  if (mode !== 'non-blocking') {
    return "Log driver awslogs option 'max-buffer-size' is only supported with mode non-blocking.";
  }
  return /^[1-9]\d*[kmg]?b?$/i.test(size)
    ? undefined
    : "Log driver awslogs option 'max-buffer-size' should be a size like 25m.";
};
