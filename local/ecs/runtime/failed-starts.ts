import type { RuntimeReport } from '../../../models/ecs/runtime.ts';
import type { Start } from './run-names.ts';

/** The report of a start that failed. */
export type NotStarted = Extract<RuntimeReport, { kind: 'notStarted' }>;

// A container runtime's words for the errors of `execve`. They tell a fault of the image from a fault of the host.
const refusalsOfExec = {
  ENOENT: 'executable file not found in $PATH',
  EACCES: 'permission denied',
  ENOEXEC: 'exec format error',
} as const;

/** An error of `execve` that is a fault of the image. */
export type RefusalOfExec = keyof typeof refusalsOfExec;

/** Whether a code of an error is one of those. */
export const isRefusalOfExec = (code: string): code is RefusalOfExec =>
  Object.hasOwn(refusalsOfExec, code);

/** The system refused to execute a program of the image. */
export const refusedProgram = (order: Start, program: string, code: RefusalOfExec): NotStarted =>
  cannotStart(order, `exec: "${program}": ${refusalsOfExec[code]}`);

/** The container could not start for another reason. */
export const cannotStart = (order: Start, why: string): NotStarted =>
  notStarted(order, `CannotStartContainerError: ${why}`);

/** The container could not be created. */
export const cannotCreate = (order: Start, why: string): NotStarted =>
  notStarted(order, `CannotCreateContainerError: ${why}`);

/** There is no such image. */
export const noSuchImage = (order: Start): NotStarted =>
  notStarted(order, `CannotPullContainerError: ${order.image}: not found`);

const notStarted = ({ taskArn }: Start, reason: string): NotStarted => ({
  kind: 'notStarted',
  taskArn,
  reason,
});
