import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Gate } from '../core/gate.ts';
import { inTurn } from '../core/in-turn.ts';
import { present } from '../core/present.ts';
import type { Waiters } from '../ports.ts';
import type { CallOptions } from './call-options.ts';
import { rethrowAs } from './rethrow-as.ts';

interface Options {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly callOptions: CallOptions;
}

/** The tenants whose rows one call answers: each needs a query to find it, and one for its rows. */
const mostTenants = 100;

interface Waiter {
  readonly taskId: string;
  readonly waitingSince: string;
}

/*
 * The index `waiting` sorts the rows of a gate by `<tenant>#<time>`. No tenant has a `#`, and every character of a tenant is
 * greater than `$`, which follows `#`: so `<tenant>$` is after all rows of a tenant, and before those of the next one.
 */
const afterAllOf = (tenant: string): string => `${tenant}$`;

/** Reads who waits for a gate, tenants in turn: at most a hundred tenants a call, and then the next hundred. */
export const waitersOf =
  ({ client, table, callOptions }: Options) =>
  async (gate: Gate, most: number): Promise<Waiters> => {
    const query = async (
      range: { readonly after: string; readonly before: string },
      limit: number,
    ): Promise<readonly Waiter[]> => {
      const command = new QueryCommand({
        TableName: table,
        IndexName: 'waiting',
        KeyConditionExpression: 'heldBy = :by AND waitingSince BETWEEN :after AND :before',
        ExpressionAttributeValues: marshall({
          ':by': gate.by,
          ':after': range.after,
          ':before': range.before,
        }),
        Limit: limit,
      });
      const { Items = [] } = await client
        .send(command, callOptions)
        .catch(rethrowAs(`Index waiting of table ${table} could not be read`));
      return Items.flatMap(waiterIn);
    };

    const tenantsAfter = async (begin: string, count: number): Promise<readonly string[]> => {
      const tenants: string[] = [];
      let after = begin;
      while (tenants.length < count) {
        const [first] = await query({ after, before: afterAll }, 1);
        if (first === undefined) break;
        const tenant = tenantOf(first);
        tenants.push(tenant);
        after = afterAllOf(tenant);
      }
      return tenants;
    };

    const begin = gate.afterTenant === undefined ? beforeAll : afterAllOf(gate.afterTenant);
    const count = Math.min(mostTenants, most);
    const tenants = await tenantsAfter(begin, count);
    if (tenants.length === 0 && gate.afterTenant === undefined) return { taskIds: [] };
    // Behind the last tenant it begins again with the first one.
    if (tenants.length === 0) return waitersOf({ client, table, callOptions })(firstOf(gate), most);
    const lists = await Promise.all(
      tenants.map((tenant) =>
        query(
          { after: `${tenant}#`, before: afterAllOf(tenant) },
          Math.ceil((2 * most) / tenants.length),
        ),
      ),
    );
    const taskIds = inTurn(lists)
      .slice(0, most)
      .map(({ taskId }) => taskId);
    return {
      taskIds,
      ...present({ afterTenant: tenants.length < count ? undefined : tenants.at(-1) }),
    };
  };

// Before and after every `<tenant>#<time>`: keys are compared as bytes.
const beforeAll = ' ';
const afterAll = '~';

const firstOf = ({ afterTenant: _after, ...gate }: Gate): Gate => gate;

const tenantOf = ({ waitingSince }: Waiter): string =>
  waitingSince.slice(0, waitingSince.lastIndexOf('#'));

const waiterIn = ({
  taskId,
  waitingSince,
}: Readonly<Record<string, { readonly S?: string | undefined }>>): readonly Waiter[] =>
  taskId?.S && waitingSince?.S ? [{ taskId: taskId.S, waitingSince: waitingSince.S }] : [];
