/** The name of a run in ECS (`startedBy`) and among the holders of a limit. */
export const runName = (taskId: string, run: number): string => `${taskId}/${run}`;

/** The task and run in the `startedBy` of an ECS task; undefined where Davit did not start the task. */
export const runNamed = (
  startedBy: string | undefined,
): { taskId: string; run: number } | undefined => {
  const match = /^([A-Za-z0-9_-]{1,100})\/([1-9]\d{0,8})$/.exec(startedBy ?? '');
  return match?.[1] && match[2] ? { taskId: match[1], run: Number(match[2]) } : undefined;
};
