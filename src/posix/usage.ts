// What a process has used.

import { systemError } from '../errors.js';
import { native } from '../native.js';
import { integer } from '../validate.js';

/** For getrusage: the calling process, with all its threads. */
export const RUSAGE_SELF = 0;
/** For getrusage: its children that have ended and were waited for, and theirs. */
export const RUSAGE_CHILDREN = -1;

/** The fields of Node's process.resourceUsage(): times in microseconds, maxRSS in kibibytes, all else counts. */
export type ResourceUsage = NodeJS.ResourceUsage;

/**
 * What the calling process has used, or its children that have ended and were waited for. See getrusage(2).
 *
 * @param who RUSAGE_SELF or RUSAGE_CHILDREN; on Linux also 1, RUSAGE_THREAD: the calling thread. Default RUSAGE_SELF.
 * @returns times in microseconds, maxRSS in kibibytes, all else counts; since the process began, which in a child is the
 *   fork.
 * @throws EINVAL: none of them. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `who`.
 */
export function getrusage(who: number = RUSAGE_SELF): ResourceUsage {
  const usage = native.getrusage(integer('who', who, -(2 ** 31), 2 ** 31 - 1));
  if (typeof usage === 'number') throw systemError('getrusage', usage, { who });
  return resourceUsage(usage);
}

const FIELDS: readonly (keyof ResourceUsage)[] = [
  'userCPUTime',
  'systemCPUTime',
  'maxRSS',
  'sharedMemorySize',
  'unsharedDataSize',
  'unsharedStackSize',
  'minorPageFault',
  'majorPageFault',
  'swappedOut',
  'fsRead',
  'fsWrite',
  'ipcSent',
  'ipcReceived',
  'signalsCount',
  'voluntaryContextSwitches',
  'involuntaryContextSwitches',
];

/** From the native side's list of numbers. */
export function resourceUsage(values: readonly number[]): ResourceUsage {
  return Object.fromEntries(FIELDS.map((field, i) => [field, values[i]])) as unknown as ResourceUsage;
}

/** In seconds, as Python's os.times() has them. */
export interface Times {
  /** Processor time of this process's own code. */
  user: number;
  /** Processor time of the kernel's work for it. */
  system: number;
  /** `user` of the children that have ended and were waited for. */
  childrenUser: number;
  /** `system` of the same. */
  childrenSystem: number;
  /** Since some moment in the past: only differences mean something. */
  elapsed: number;
}

/**
 * The processor time of the calling process and of its children. A child begins at 0. See times(2).
 *
 * @returns all in seconds.
 */
export function times(): Times {
  const [user, system, childrenUser, childrenSystem, elapsed] = native.times();
  return { user, system, childrenUser, childrenSystem, elapsed };
}
