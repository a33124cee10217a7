/** The form of a version of a tool: a tag that is allowed for images and in the names of task definition families. */
// No `_`: it replaces the dots in the names of families, so that two versions never share a family.
export const versionForm = /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/;

/** Whether a text may be the version of a tool. */
export const isVersion = (text: string): boolean => versionForm.test(text);

/** The rule, for sentences that refuse a version. */
export const versionRule =
  'a version is an image tag of up to 64 letters, digits, . and - (it begins with a letter or a digit)';
