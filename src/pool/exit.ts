import type { DecodedStatus } from '../posix/status.js';

/** How the child of one slot ended. */
export interface Exit extends Omit<DecodedStatus, 'kind'> {
  /** 'lost': somebody else reaped it, and its status went to them. */
  kind: DecodedStatus['kind'] | 'lost';
  /** The child that has ended. */
  pid: number;
  /** 0 to n-1: the slot that it had, and that is free now. */
  slot: number;
  /** The wait status, for WIFEXITED and its kin; -1 if it was lost. */
  status: number;
}

/** The end of a child that somebody else has reaped; and a warning, as it is mostly a mistake. */
export function lostExit(pid: number, slot: number): Exit {
  const warning = `Child ${pid} of slot ${slot} was reaped by somebody else, or SIGCHLD is ignored: its exit status is lost`;
  process.emitWarning(warning, { code: 'JUST_FORK_CHILD_LOST' });
  const unknown = { status: -1, exitCode: null, signal: null, coreDumped: false, success: false };
  return { pid, slot, kind: 'lost', ...unknown };
}
