import * as v from 'valibot';

/** An attribute of a key; `type` is S, N or B. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: string;
}

export interface Keys {
  readonly partition: KeyAttribute;
  readonly sort?: KeyAttribute;
}

/** A global secondary index; `projected` has the attributes that it holds besides the keys. */
export interface IndexKeys extends Keys {
  readonly name: string;
  readonly projected: 'all' | readonly string[];
}

export interface Schema {
  readonly keys: Keys;
  readonly indexes: readonly IndexKeys[];
}

/** The keys of a table from the input of CreateTable, or from the properties of its CloudFormation resource. Throws for another shape. */
export const schemaOf = (createTable: unknown): Schema => {
  const input = v.parse(createTableSchema, createTable);
  const typeOf = new Map(
    input.AttributeDefinitions.map((each) => [each.AttributeName, each.AttributeType]),
  );
  const keysOf = (parts: v.InferOutput<typeof keySchema>): Keys => {
    const named = (kind: string) =>
      parts
        .filter((part) => part.KeyType === kind)
        .map(({ AttributeName: name }) => ({ name, type: typeOf.get(name) ?? 'S' }));
    const [partition = { name: '', type: 'S' }] = named('HASH');
    const [sort] = named('RANGE');
    return sort === undefined ? { partition } : { partition, sort };
  };
  return {
    keys: keysOf(input.KeySchema),
    indexes: (input.GlobalSecondaryIndexes ?? []).map((index) => ({
      name: index.IndexName,
      ...keysOf(index.KeySchema),
      projected: projectedBy(index.Projection),
    })),
  };
};

/** The attributes of a table's key, and of an index's key. */
export const namesOf = ({ partition, sort }: Keys): readonly string[] =>
  sort === undefined ? [partition.name] : [partition.name, sort.name];

const keySchema = v.array(v.object({ AttributeName: v.string(), KeyType: v.string() }));

const projectionSchema = v.object({
  ProjectionType: v.optional(v.string()),
  NonKeyAttributes: v.optional(v.array(v.string())),
});

const createTableSchema = v.object({
  AttributeDefinitions: v.optional(
    v.array(v.object({ AttributeName: v.string(), AttributeType: v.string() })),
    [],
  ),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: v.optional(
    v.array(
      v.object({
        IndexName: v.string(),
        KeySchema: keySchema,
        Projection: v.optional(projectionSchema),
      }),
    ),
  ),
});

const projectedBy = (
  projection: v.InferOutput<typeof projectionSchema> | undefined,
): IndexKeys['projected'] =>
  (projection?.ProjectionType ?? 'ALL') === 'ALL' ? 'all' : (projection?.NonKeyAttributes ?? []);
