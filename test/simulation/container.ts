import type { RuntimeReport } from '../../models/ecs/runtime.ts';

/** What ECS ordered to run. */
export interface Container {
  readonly taskArn: string;
  readonly taskId: string;
  readonly run: number;
  readonly tool: string;
  readonly version: string;
  readonly input: string;
  readonly image: string;
  readonly startedAt: number;
  /** Set when its end was reported. */
  end?: {
    readonly at: number;
    readonly how: RuntimeReport['kind'];
    readonly exitCode?: number;
    readonly outOfMemory: boolean;
    readonly wasAsked: boolean;
  };
  /** SIGTERM was sent. */
  isTerminated: boolean;
}

/** `task-1/2`. */
export const nameOf = ({ taskId, run }: Container): string => `${taskId}/${run}`;
