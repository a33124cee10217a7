import { awsError } from './fake-aws.ts';
import { runRecord, start } from './tasks.ts';

/** A log group with these lines in its streams, by the id of the ECS task. */
export const logOf = (streams: Readonly<Record<string, readonly string[]>>) => ({
  GetLogEvents: ({ logStreamName = '', nextToken }: Readonly<Record<string, string>>) => {
    const lines = streams[logStreamName.split('/').at(-1) ?? ''];
    if (!lines) throw awsError('ResourceNotFoundException', 'The log stream does not exist.');
    const events = lines.map((message) => ({ timestamp: start, message }));
    return { events: nextToken ? [] : events, nextForwardToken: 'end' };
  },
});

/** A first run that failed. */
export const first = runRecord({ verdict: 'tool', why: 'exit 75', ecsTaskArn: 'arn:task/c/first' });

/** What a row has during its second run. */
export const second = { run: 2, ecsTaskArn: 'arn:task/c/second', runs: [first] };
