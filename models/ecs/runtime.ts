/**
 * What the runtime, which owns the containers, must do. After a `start` order it reports exactly one of
 * `exited`, `notStarted` or `hostLost`, also when a `terminate` came before the start was done.
 * `terminate` is SIGTERM and `kill` is SIGKILL, both for the container that `start` named.
 */
export type RuntimeOrder =
  | {
      readonly kind: 'start';
      readonly taskArn: string;
      readonly container: string;
      /** The role whose keys the containers may request; present when the definition or the override names one. */
      readonly taskRoleArn?: string;
      readonly image: string;
      readonly environment: Readonly<Record<string, string>>;
      /** ECS cpu units: 1024 are one vCPU. */
      readonly cpu: number;
      readonly memoryMiB: number;
      /** The ARNs of parameters and secrets, by the names of their environment variables; present when the definition has some. */
      readonly secrets?: Readonly<Record<string, string>>;
      /** Present when the definition or the override replaces the image's own command. */
      readonly command?: readonly string[];
      /** The `awslogs-*` options of the container, empty when its logs are not kept. */
      readonly logOptions: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'terminate'; readonly taskArn: string }
  | { readonly kind: 'kill'; readonly taskArn: string };

/** What the runtime saw. A report about a stopped task is ignored. */
export type RuntimeReport =
  | { readonly kind: 'started'; readonly taskArn: string }
  | {
      readonly kind: 'exited';
      readonly taskArn: string;
      /** 128 + the signal's number for a container that a signal ended: 143 is SIGTERM, 137 is SIGKILL. */
      readonly exitCode: number;
      readonly outOfMemory?: boolean;
    }
  | { readonly kind: 'notStarted'; readonly taskArn: string; readonly reason: string }
  | { readonly kind: 'hostLost'; readonly taskArn: string; readonly reason: string };
