import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes an image of `echo` 1.0.0, in a folder of images, whose program is a shell script: it starts in a few milliseconds, and each
 * start appends `taskId run pid` to `tallyFile` first.
 */
export const writeShellTool = (imagesDir: string, tallyFile: string, script: string): void => {
  const image = join(imagesDir, 'echo', '1.0.0');
  mkdirSync(image, { recursive: true });
  const whole = `echo "$DAVIT_TASK_ID $DAVIT_RUN $$" >> '${tallyFile}'\n${script}`;
  const content = { command: ['sh', '-c', whole], digest: `sha256:${'0'.repeat(64)}` };
  writeFileSync(join(image, 'image.json'), JSON.stringify(content));
};
