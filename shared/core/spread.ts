/** A number below `most` that is always the same for a text, and spreads texts evenly (FNV-1a). It must stay the same: functions of two versions write and read the same rows. */
export const spread = (text: string, most: number): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % most;
};
