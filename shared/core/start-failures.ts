import type { Verdict } from './run-record.ts';

/** Who is answerable for a start that failed. */
export type StartFault = Extract<
  Verdict,
  'platform' | 'release' | 'capacity' | 'deployment' | 'outOfMemory'
>;

interface StartFailure {
  readonly fault: StartFault;
  readonly says: RegExp;
}

/**
 * ECS has no capacity, in the words of a refused launch (ECS guide, api_failures_messages) and of a started run, where the
 * stop code comes first. `PROVISIONING` in capitals only: network interfaces are provisioned too.
 */
export const noRoom =
  /^(TaskFailedToStart: )?(RESOURCE:|AGENT\b|NO ACTIVE INSTANCES|EMPTY CAPACITY PROVIDER|MemberOf placement constraint)|[Cc]apacity is unavailable|limit on the number of (vCPUs|tasks)|provisioning capacity limit exceeded|\bPROVISIONING\b/;

/** ECS may not assume a role. The roles belong to the deployment, in whichever definition they are named. */
export const badRole = /unable to assume the (service linked )?role/i;

/**
 * What the words of ECS and its agents mean: the first row that matches decides. test/kit/start-failures.ts has at least one
 * reported example for each row. The order matters: a hook of the graphics driver also says that files are missing, a program
 * may be called `timeout`, and an error about a secret that could not be reached names the secret too. Words that match no
 * row count for the platform: another try costs one start, within `startWithin`, but a version that is blamed wrongly makes
 * all its tasks wait.
 */
export const startFailures: readonly StartFailure[] = [
  { fault: 'capacity', says: noRoom },
  // The image needs a newer driver than the host has. Every other error of the driver's hook is the host's fault.
  { fault: 'release', says: /nvidia-container-cli: requirement error/ },
  {
    fault: 'platform',
    says: /nvidia-container-(cli|runtime)|\bnvml error|could not select device driver/i,
  },
  {
    fault: 'release',
    says: /exec format error|executable file not found|(?<!fork\/)\bexec\b[^,]*?(no such file or directory|permission denied|is a directory)/i,
  },
  {
    fault: 'release',
    says: /chdir to cwd|unable to find user|no command specified|not compatible with the selected compute|^(TaskFailedToStart: )?ATTRIBUTE\b/i,
  },
  { fault: 'outOfMemory', says: /OOM-killed|OutOfMemory|out of memory/i },
  {
    fault: 'platform',
    says: /\btimed out\b|(i\/o|handshake|specified) timeout|\btimeout (waiting|exceeded)|deadline exceeded|(request|context) canceled|did not start before|send request failed|connection (issue|refused|reset)|no such host|network is unreachable|no route to host/i,
  },
  {
    fault: 'platform',
    says: /no space left on device|free data blocks/i,
  },
  {
    fault: 'platform',
    says: /too ?many ?requests|pull rate limit|rate exceeded|throttl|\b50[0234] (internal server error|bad gateway|service unavailable|gateway time)|authorization token has expired/i,
  },
  // The log group, the roles and the right to use the registry are the same for every tool.
  { fault: 'deployment', says: /logging driver|logger args/i },
  { fault: 'deployment', says: badRole },
  { fault: 'deployment', says: /ecr:GetAuthorizationToken/ },
  {
    fault: 'release',
    says: /(CannotPull|failed to resolve ref|pull access|image |repository ).*(not found|denied|unauthorized|forbidden|no basic auth|manifest unknown|does not (exist|contain)|descriptor|no match for platform|invalid reference)/is,
  },
  {
    fault: 'release',
    says: /\b(secrets?|parameters?) .*(AccessDenied|not authorized|not found|does(n't| not) exist|can't find|did not contain|invalid (parameters?|character))|invalid parameters?:/is,
  },
  { fault: 'release', says: /^ResourceNotFoundException/ },
];

// A ResourceInitializationError about a login or a secret begins with this, even where only the network failed.
const preamble = /unable to pull secrets or registry auth/gi;

/** Who is answerable for a start that failed with these words of ECS and its agents. */
export const startFaultOf = (words: string): StartFault => {
  const rest = words.replaceAll(preamble, '');
  return startFailures.find(({ says }) => says.test(rest))?.fault ?? 'platform';
};
