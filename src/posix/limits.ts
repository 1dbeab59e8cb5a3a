// What a process may use, and what it has used.

import { check, codedError, systemError } from '../errors.js';
import { native } from '../native.js';
import { integer } from '../validate.js';

const darwin = process.platform === 'darwin';
const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

/** For getpriority and setpriority: `who` is a pid. */
export const PRIO_PROCESS = 0;
/** For getpriority and setpriority: `who` is a process group. */
export const PRIO_PGRP = 1;
/** For getpriority and setpriority: `who` is a user id. */
export const PRIO_USER = 2;

/**
 * Lowers the priority of the calling process by `increment`. See nice(2).
 *
 * @param increment added to the nice value, which stays within -20 and 19.
 * @returns the new nice value, -20 (first) to 19 (last).
 * @throws EPERM, EACCES: a negative increment needs a privilege. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `increment`.
 */
export function nice(increment: number): number {
  integer('increment', increment, INT_MIN, INT_MAX);
  const wanted = Math.min(19, Math.max(-20, getpriority(PRIO_PROCESS, 0) + increment));
  check('nice', native.setpriority(PRIO_PROCESS, 0, wanted), { increment });
  return getpriority(PRIO_PROCESS, 0);
}

/**
 * Asks for the nice value. See getpriority(2).
 *
 * @param which PRIO_PROCESS, PRIO_PGRP or PRIO_USER.
 * @param who a pid, process group or user id; 0: the caller's. Default 0.
 * @returns -20 (first) to 19 (last): the lowest of those that `who` names.
 * @throws EINVAL: unknown `which`. ESRCH: there is none. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments.
 */
export function getpriority(which: number, who = 0): number {
  integer('which', which, INT_MIN, INT_MAX);
  const [error, value] = native.getpriority(which, integer('who', who, 0, INT_MAX));
  check('getpriority', error, { which, who });
  return value;
}

/**
 * Sets the nice value. See setpriority(2).
 *
 * @param which PRIO_PROCESS, PRIO_PGRP or PRIO_USER.
 * @param who a pid, process group or user id; 0: the caller's.
 * @param priority -20 to 19; what lies outside counts as the nearest of these.
 * @throws EINVAL: unknown `which`. ESRCH: there is none. EPERM, EACCES: not the caller's, or a higher priority without
 *   the privilege. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments.
 */
export function setpriority(which: number, who: number, priority: number): void {
  integer('which', which, INT_MIN, INT_MAX);
  integer('who', who, 0, INT_MAX);
  integer('priority', priority, INT_MIN, INT_MAX);
  check('setpriority', native.setpriority(which, who, priority), { which, who, priority });
}

/** For getrlimit and setrlimit: no limit. It is Infinity, where C has the largest number. */
export const RLIM_INFINITY = Number.POSITIVE_INFINITY;

/** The numbers of the resources, which differ between the platforms. */
const RESOURCES: Record<string, number> = {
  RLIMIT_CPU: 0,
  RLIMIT_FSIZE: 1,
  RLIMIT_DATA: 2,
  RLIMIT_STACK: 3,
  RLIMIT_CORE: 4,
  ...(darwin
    ? { RLIMIT_AS: 5, RLIMIT_RSS: 5, RLIMIT_MEMLOCK: 6, RLIMIT_NPROC: 7, RLIMIT_NOFILE: 8 }
    : {
        RLIMIT_RSS: 5,
        RLIMIT_NPROC: 6,
        RLIMIT_NOFILE: 7,
        RLIMIT_MEMLOCK: 8,
        RLIMIT_AS: 9,
        RLIMIT_LOCKS: 10,
        RLIMIT_SIGPENDING: 11,
        RLIMIT_MSGQUEUE: 12,
        RLIMIT_NICE: 13,
        RLIMIT_RTPRIO: 14,
        RLIMIT_RTTIME: 15,
      }),
};
/** Processor time, in seconds: SIGXCPU at the soft limit, SIGKILL at the hard one. See getrlimit(2). */
export const RLIMIT_CPU = 0;
/** The length of a file that is written, in bytes: SIGXFSZ, or EFBIG where that is ignored. See getrlimit(2). */
export const RLIMIT_FSIZE = 1;
/** Data of the process, in bytes. See getrlimit(2). */
export const RLIMIT_DATA = 2;
/** The stack of the main thread, in bytes. See getrlimit(2). */
export const RLIMIT_STACK = 3;
/** The length of a core dump, in bytes; 0: none is written. See getrlimit(2). */
export const RLIMIT_CORE = 4;
/** Address space, in bytes. Node reserves far more of it than it uses. See getrlimit(2). */
export const RLIMIT_AS = RESOURCES.RLIMIT_AS as number;
/** How many processes and threads the user may have: fork() throws EAGAIN above it. See getrlimit(2). */
export const RLIMIT_NPROC = RESOURCES.RLIMIT_NPROC as number;
/** How many descriptors the process may have open: EMFILE above it. See getrlimit(2). */
export const RLIMIT_NOFILE = RESOURCES.RLIMIT_NOFILE as number;
/** Memory that is locked into RAM, in bytes. See getrlimit(2). */
export const RLIMIT_MEMLOCK = RESOURCES.RLIMIT_MEMLOCK as number;

/** A resource by number (RLIMIT_NOFILE) or by name: 'RLIMIT_NOFILE' or 'NOFILE'. */
export type Resource = number | string;

function resourceNumber(resource: Resource): number {
  if (typeof resource !== 'string') return integer('resource', resource, 0, INT_MAX);
  const name = resource.startsWith('RLIMIT_') ? resource : `RLIMIT_${resource}`;
  const number = Object.hasOwn(RESOURCES, name) ? RESOURCES[name] : undefined;
  if (number === undefined) {
    throw codedError(
      new TypeError(`Unknown resource: ${resource}. This system has ${Object.keys(RESOURCES).join(', ')}`),
      'ERR_INVALID_ARG_VALUE',
    );
  }
  return number;
}

/**
 * The limits of the calling process for a resource. See getrlimit(2).
 *
 * @returns `[soft, hard]`: numbers in the resource's unit (bytes, seconds, a count); Infinity for none.
 * @throws ERR_INVALID_ARG_VALUE: an unknown name. EINVAL: an unknown number. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE:
 *   neither name nor number.
 */
export function getrlimit(resource: Resource): [soft: number, hard: number] {
  const limits = native.getrlimit(resourceNumber(resource));
  if (typeof limits === 'number') throw systemError('getrlimit', limits, { resource });
  return limits;
}

/**
 * Sets the limits of the calling process, which its children inherit. See setrlimit(2).
 *
 * @param resource a number, such as RLIMIT_NOFILE, or a name.
 * @param soft what is enforced; at most `hard`. 0 to 2^53 - 1, or Infinity.
 * @param hard up to where the soft limit may be raised. Default: as it is.
 * @throws EPERM: raising the hard limit needs a privilege. EINVAL: soft above hard, or an unknown number.
 *   ERR_INVALID_ARG_VALUE: an unknown name. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments.
 */
export function setrlimit(resource: Resource, soft: number, hard?: number): void {
  const number = resourceNumber(resource);
  const limit = (name: string, value: number) =>
    value === RLIM_INFINITY ? value : integer(name, value, 0, Number.MAX_SAFE_INTEGER);
  limit('soft', soft);
  const ceiling = hard === undefined ? getrlimit(resource)[1] : limit('hard', hard);
  check('setrlimit', native.setrlimit(number, soft, ceiling), { resource, soft, hard: ceiling });
}

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
  const usage = native.getrusage(integer('who', who, INT_MIN, INT_MAX));
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
