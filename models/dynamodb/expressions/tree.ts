/** A document path as it is written: names, `#placeholders` and positions of a list. */
export type Path = readonly (string | number)[];

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly holder: string }
  | { readonly kind: 'size'; readonly of: Operand };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | {
      readonly kind: 'compare';
      readonly comparator: Comparator;
      readonly left: Operand;
      readonly right: Operand;
    }
  | {
      readonly kind: 'between';
      readonly value: Operand;
      readonly low: Operand;
      readonly high: Operand;
    }
  | { readonly kind: 'in'; readonly value: Operand; readonly options: readonly Operand[] }
  | {
      readonly kind: 'function';
      readonly name: ConditionFunction;
      readonly first: Operand;
      /** Absent for the functions of one operand. */
      readonly second?: Operand;
    };

export type ConditionFunction =
  | 'attribute_exists'
  | 'attribute_not_exists'
  | 'attribute_type'
  | 'begins_with'
  | 'contains';

/** What SET assigns. */
export type Assigned =
  | Operand
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: Assigned }
  | {
      readonly kind: 'list_append' | 'plus' | 'minus';
      readonly left: Assigned;
      readonly right: Assigned;
    };

export type Change =
  | { readonly kind: 'set'; readonly path: Path; readonly to: Assigned }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add' | 'delete'; readonly path: Path; readonly holder: string };

/** An expression that was read, with the placeholders that it uses, or AWS's words for what is wrong with it. */
export type Parsed<Tree> =
  | { readonly ok: true; readonly tree: Tree; readonly holders: ReadonlySet<string> }
  | { readonly ok: false; readonly why: string };
