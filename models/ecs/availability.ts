/** `late`: RunTask accepts the task, and the task stops with TaskFailedToStart in PROVISIONING (ECS guide, API failure reasons). */
export type Availability =
  | { readonly is: 'open' }
  | { readonly is: 'closed'; readonly reason: string; readonly seen: 'at once' | 'late' };
