import type { AwsService } from '../service.ts';
import { dynamodbApi } from './api.ts';
import { createTables } from './create-tables.ts';
import { openEngine } from './engine.ts';
import type { DynamodbPlan } from './plan.ts';

/** Opens the tables of the template with the items that they held. */
export const openDynamodb = async (parts: {
  readonly plan: DynamodbPlan;
  /** The file of their journal. */
  readonly path: string;
  readonly log: (line: string) => void;
}): Promise<AwsService> => {
  const { tables } = parts.plan;
  const engine = openEngine(parts.path, parts.log);
  try {
    await createTables(engine, tables);
  } catch (cause) {
    await engine.stop();
    throw cause;
  }
  return { api: dynamodbApi(engine, tables), stop: engine.stop };
};
