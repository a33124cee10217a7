// Installs everything that a clone needs before Davit can run: npm's packages, RabbitMQ, the local images of the tools. It runs on
// plain Node 20 with nothing installed, and may be run at any time; with nothing to do it takes less than a second.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone } from './setup/alone.mjs';
import { findRabbitmqServer } from './setup/find-rabbitmq.mjs';
import { releaseImages } from './setup/images.mjs';
import { installRabbitmq } from './setup/install-rabbitmq.mjs';
import { installPackages, packagesTrouble } from './setup/packages.mjs';
import { placePrograms } from './setup/programs.mjs';
import { SetupError, say } from './setup/say.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// In the clone, whatever DAVIT_DIR says: that is the folder of a stack, but packages and images belong to the clone.
const stateDir = join(root, '.davit');

const setUp = async () => {
  const since = performance.now();
  if (Number.parseInt(process.versions.node, 10) < 20) {
    throw new SetupError(
      `Node 20 or newer is needed for the set-up, but this is ${process.version}: install a newer one.`,
    );
  }
  placePrograms(root);
  const trouble = packagesTrouble(root);
  if (trouble !== undefined) {
    say(`installing the npm packages (${trouble}): npm ci`);
    await installPackages(root, stateDir);
  }
  if (findRabbitmqServer(process.env) === undefined) {
    await installRabbitmq(stateDir);
  }
  const released = releaseImages({ root, stateDir });
  if (released.length > 0) say(`released the local images ${released.join(', ')}`);
  say(`ready, after ${((performance.now() - since) / 1000).toFixed(1)} s`);
};

try {
  await alone(join(stateDir, 'setup.lock'), setUp);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`set-up: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
