import {
  type CloudWatchLogsClient,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { logStreamOf } from '../core/log-stream.ts';
import { present } from '../core/present.ts';
import { NotAsked } from '../core/unreachable.ts';
import type { CallPace } from '../ports/call-pace.ts';
import type { LogEnd, Logs } from '../ports.ts';
import { isRefused, spokenLineOf, spokenPrefix } from '../wire/spoken-line.ts';
import { callOptionsOf } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';

interface Options {
  readonly client: CloudWatchLogsClient;
  /** The log group of the tools' containers. */
  readonly group: string;
  /** How fast calls may follow each other. */
  readonly pace: Pick<CallPace, 'next'>;
  readonly signal?: AbortSignal;
}

/** GetLogEvents answers at most 1 MB, whatever a tool has printed (CloudWatch Logs API reference); these are events. */
const mostEvents = 1_000;

/** Reads of one invocation: GetLogEvents takes 10 calls a second in some regions, and other work must not wait for more. */
const mostReads = 150;

/** After so many failures in a row CloudWatch Logs is not asked again: the next invocation tries. */
const mostFailures = 3;

/** The last lines that are answered, and the most characters of each: one line may have 1 MB. */
const mostLines = 20;
const longestLine = 4_000;

/** The ends of the logs in the tools' log group, for one invocation. Throws, naming the log and the cause, when one cannot be read, and NotAsked when a later invocation has to read it. */
export const logEnds = ({ client, group, pace, signal }: Options): Logs => {
  const callOptions = callOptionsOf(signal);
  let reads = 0;
  let failures = 0;
  return {
    end: async (ecsTaskArn) => {
      if (failures >= mostFailures)
        throw new NotAsked('CloudWatch Logs did not answer a moment ago');
      if (reads >= mostReads) throw new NotAsked(`${mostReads} other logs were read at this time`);
      reads += 1;
      await pace.next();
      const logStreamName = logStreamOf(ecsTaskArn);
      const command = new GetLogEventsCommand({
        logGroupName: group,
        logStreamName,
        startFromHead: false,
        limit: mostEvents,
      });
      try {
        const { events = [] } = await client.send(command, callOptions);
        failures = 0;
        return endOf(
          events.map(({ timestamp: at = 0, message = '' }, index) => ({
            id: `${index}`,
            at,
            message,
          })),
        );
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        failures += 1;
        return rethrowAs(`Log stream ${logStreamName} could not be read`)(error);
      }
    },
  };
};

const endOf = (events: readonly { id: string; at: number; message: string }[]): LogEnd => {
  const said = events.flatMap((event) => spokenLineOf(event) ?? []);
  const lines = events
    .map(({ message }) => message)
    .filter((line) => !line.startsWith(spokenPrefix));
  const isResult = (line: (typeof said)[number]) =>
    isRefused(line) ? line.word === 'DAVIT_RESULT' : line.kind === 'result';
  const result = said.findLast((line) => !isRefused(line) && line.kind === 'result');
  const last = result ?? said.findLast(isResult);
  return {
    lines: lines.slice(-mostLines).map((line) => line.slice(0, longestLine)),
    ...present({
      result: last && (isRefused(last) || last.kind === 'result') ? last : undefined,
    }),
  };
};
