import type { Verdict } from './run-record.ts';

/** Who answers for a start that failed. */
export type StartFault = Extract<
  Verdict,
  'platform' | 'release' | 'capacity' | 'deployment' | 'outOfMemory'
>;

interface StartFailure {
  readonly fault: StartFault;
  readonly says: RegExp;
}

/**
 * ECS's reasons for having no room, of a refused launch (ECS guide, api_failures_messages) and of a started run, there
 * with its stop code in front. In capitals: "provisioning" is also what happens to network interfaces.
 */
export const noRoom =
  /^(TaskFailedToStart: )?(RESOURCE:|AGENT\b|NO ACTIVE INSTANCES|EMPTY CAPACITY PROVIDER|MemberOf placement constraint)|[Cc]apacity is unavailable|limit on the number of (vCPUs|tasks)|provisioning capacity limit exceeded|\bPROVISIONING\b/;

/** Roles that ECS may not take on are the deployment's, whatever definition names them. */
export const badRole = /unable to assume the (service linked )?role/i;

/**
 * The words, and after them the names of errors; the first row that fits decides. Its reported examples are those of
 * test/kit/start-failures.ts, at least one for each row. The order is part of it:
 * a hook of the graphics driver also says that files are missing, a program may be called `timeout`, and whoever did
 * not reach a secret also says which one. What no row knows is the platform's: a run that is tried again costs a start,
 * within `startWithin`; a version that is blamed without cause makes all of its tasks wait.
 */
export const startFailures: readonly StartFailure[] = [
  { fault: 'capacity', says: noRoom },
  // An image that wants a newer driver than any host has; all else of the driver's hook is the host's.
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
  // The log group, the roles and the right to ask the registry at all are the same for every tool.
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

// Every ResourceInitializationError about a login or a secret begins so, also when only the network was away.
const preamble = /unable to pull secrets or registry auth/gi;

/** Who answers for a start that failed with these words of ECS and its agents. */
export const startFaultOf = (words: string): StartFault => {
  const said = words.replaceAll(preamble, '');
  return startFailures.find(({ says }) => says.test(said))?.fault ?? 'platform';
};
