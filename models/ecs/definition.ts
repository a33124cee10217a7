/** A task definition as registered, with the members that ECS adds. Members that the model does not read are kept. */
export interface EcsTaskDefinition {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly revision: number;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly containerDefinitions: readonly ContainerDefinition[];
  readonly requiresCompatibilities?: readonly string[];
  readonly compatibilities: readonly string[];
  readonly networkMode: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
  readonly ephemeralStorage?: { readonly sizeInGiB: number };
  readonly runtimePlatform?: { readonly cpuArchitecture?: string };
  /** Epoch seconds. */
  readonly registeredAt: number;
  readonly deregisteredAt?: number;
}

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential?: boolean;
  readonly command?: readonly string[];
  readonly environment?: readonly NamedValue[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly cpu?: number;
  readonly memory?: number;
  readonly stopTimeout?: number;
  readonly logConfiguration?: {
    readonly logDriver: string;
    readonly options?: Readonly<Record<string, string>>;
  };
}

export interface EcsOverrides {
  readonly containerOverrides: readonly ContainerOverride[];
  readonly taskRoleArn?: string;
  readonly cpu?: string;
  readonly memory?: string;
}

export interface ContainerOverride {
  readonly name: string;
  readonly command?: readonly string[];
  readonly environment?: readonly NamedValue[];
  readonly cpu?: number;
  readonly memory?: number;
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}
