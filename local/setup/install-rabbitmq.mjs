import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rabbitmqMissing } from './find-rabbitmq.mjs';
import { run } from './run.mjs';
import { SetupError, say } from './say.mjs';

// A policy that forbids starts is Debian's way to install a package without starting its service. An existing policy is left as it
// is, except one of ours that a SIGKILL left. `dpkg --configure -a` completes an installation that was interrupted.
const script = `
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
policy=/usr/sbin/policy-rc.d
mark='made by the set-up of Davit for the time of one installation'
trap 'exit 130' INT
trap 'exit 143' TERM
if [ ! -e "$policy" ] || grep -q "$mark" "$policy"; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\n# %s\\nexit 101\\n' "$mark" > "$policy"
  chmod 755 "$policy"
fi
apt-get update
dpkg --configure -a
apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends rabbitmq-server
code=$?
if [ $code -eq 0 ] && [ -d /run/systemd/system ]; then
  systemctl disable rabbitmq-server
fi
exit $code
`;

/** Installs Debian's or Ubuntu's package without starting its service, now or at the next boot: Davit runs a node of its own.
 * Where that is not possible, throws a sentence about what a person can do.
 * @param {string} stateDir */
export const installRabbitmq = async (stateDir) => {
  const missing = rabbitmqMissing(process.env, process.platform);
  if (process.env.DAVIT_RABBITMQ_SERVER || !existsSync('/usr/bin/apt-get')) {
    throw new SetupError(missing);
  }
  const asRoot = rootPrefix();
  if (asRoot === undefined) throw new SetupError(missing);
  say('installing RabbitMQ: apt-get install rabbitmq-server (its service is not started)');
  const log = join(stateDir, 'setup-apt.log');
  const command = [...asRoot, 'sh', '-c', script];
  const { code, tail } = await run(command, {
    what: 'apt-get install rabbitmq-server',
    log,
    // An interrupted dpkg leaves packages in a state that it cannot repair by itself.
    whole: true,
  });
  if (code !== 0) {
    throw new SetupError(
      `\`apt-get install rabbitmq-server\` ended with ${code}; install it by hand and try again. The end of ${log}:\n${tail}`,
    );
  }
};

/** The words before a command that run it as root without a password; undefined where this is not possible. */
const rootPrefix = () => {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
    ? ['sudo', '-n']
    : undefined;
};
