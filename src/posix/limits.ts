// What a process may use.

import { check, codedError, systemError } from '../errors.js';
import { native } from '../native.js';
import { integer } from '../validate.js';

const darwin = process.platform === 'darwin';

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
  if (typeof resource !== 'string') return integer('resource', resource, 0, 2 ** 31 - 1);
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
 * @param resource a number, such as RLIMIT_NOFILE, or a name.
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
