/** The form of a version of a tool: a tag that images and task definition families can both carry. */
// Without `_`, which stands for a dot in the names of task definition families: no two versions share one.
export const versionForm = /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/;

/** Whether a text may be the version of a tool. */
export const isVersion = (text: string): boolean => versionForm.test(text);

/** The rule, for sentences that refuse what is none. */
export const versionRule =
  'a version is an image tag of up to 64 letters, digits, . and - (it begins with a letter or a digit)';
