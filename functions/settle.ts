import { settleAll } from '../shared/flows/settle.ts';
import { handlerOf } from '../shared/handler.ts';
import { ecsRecordsOf, failedItems } from '../shared/wire/ecs-event.ts';
import { ownFamilies } from '../shared/wiring/rows.ts';
import { settlePorts } from '../shared/wiring/settle.ts';

/** Applies the events of ECS to the rows of their tasks. Answers SQS which records failed. */
export const handler = handlerOf(async (event, signal) => {
  const { seen, ignored } = ecsRecordsOf(event, ownFamilies());
  const ports = settlePorts(signal);
  for (const { id, why } of ignored) ports.log('warn', 'event.ignored', { id, why });
  return failedItems(await settleAll(seen, ports));
});
