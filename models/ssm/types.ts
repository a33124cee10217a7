import type { Answer } from '../answer.ts';

export type ParameterAction =
  | 'GetParameter'
  | 'GetParameters'
  | 'GetParametersByPath'
  | 'PutParameter'
  | 'DeleteParameter';

/** One request: `input` is that of the SDK's command or the body on the wire, which the model checks. */
export interface ParameterCall {
  readonly action: ParameterAction;
  readonly input: unknown;
}

/** A parameter as SSM answers it. `LastModifiedDate` is in epoch seconds, as on the wire; the SDK makes it a Date. */
export interface ParameterView {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
  readonly LastModifiedDate: number;
  readonly ARN: string;
  readonly DataType: 'text';
  readonly Selector?: string;
}

export interface ParameterOutput {
  readonly Parameter?: ParameterView;
  readonly Parameters?: readonly ParameterView[];
  readonly InvalidParameters?: readonly string[];
  readonly NextToken?: string;
  readonly Version?: number;
  readonly Tier?: 'Standard';
}

export type ParameterAnswer = Answer<ParameterOutput>;

/** A change, as AWS's event `Parameter Store Change` reports it: without value and version. */
export interface ParameterChange {
  readonly operation: 'Create' | 'Update' | 'Delete';
  readonly name: string;
  readonly type: string;
}

export interface ParameterOptions {
  readonly account: string;
  readonly region: string;
  /** Whether the reads share 40 calls a second (AWS quotas, Parameter Store, default throughput). */
  readonly throttled: boolean;
}

/** All parameters of one account and region, as one plain JSON value that never changes in place. */
export interface ParameterState {
  readonly options: ParameterOptions;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** What is left of the reads' rate, as it was at `at`. */
  readonly reads: { readonly tokens: number; readonly at: number };
  /** Every call before this time is throttled. */
  readonly throttledUntil: number;
}

/** A parameter with its newest 100 versions; `first` is the number of the oldest one. */
export interface Parameter {
  readonly first: number;
  readonly versions: readonly ParameterVersion[];
}

export interface ParameterVersion {
  readonly value: string;
  readonly type: string;
  readonly description?: string | undefined;
  readonly modifiedAt: number;
}
