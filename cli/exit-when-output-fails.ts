import { visibleLine } from '../shared/wire/visible.ts';
import { codes } from './codes.ts';

/**
 * Ends the process when stdout fails. When its reader has closed it (`davit list | head`) the process ends silently, as
 * SIGPIPE would end it; when it cannot be written, a sentence says so. Neither may look like success to a script.
 */
export const exitWhenOutputFails = ({ stdout, stderr }: NodeJS.Process): void => {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(codes.outputClosed);
    stderr.write(
      `The output could not be written: ${visibleLine(error.message)}. The command itself may have worked: free some space or write to another place, then check with \`davit list\`.\n`,
    );
    process.exit(codes.error);
  });
  // Remarks that cannot be written do not end the process.
  stderr.on('error', () => {});
};
