/** A change of a parameter, by what may be launched since: nothing new, the tasks of one tool, or those of all. */
export type ParameterChange =
  | { readonly kind: 'other' | 'all' }
  | { readonly kind: 'tool'; readonly tool: string };
