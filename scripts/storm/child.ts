// The life of a child: its work, its own children, its end. Nothing that goes wrong here may look like a planned end.

import { openSync } from 'node:fs';
import * as os from 'just-fork';
import { ORIGIN } from './origins';
import type { ExitWay, Plan } from './plan';
import { WORK } from './work';

const SIGNALS = [15, 9, 2, 1, 12]; // SIGTERM SIGKILL SIGINT SIGHUP SIGUSR2
const signalOf = (code: number) => SIGNALS[code % SIGNALS.length] as number;

/** For the stack of what is thrown on purpose. Opened in time: at the limits no descriptor is left. */
const nowhere = openSync('/dev/null', 'w');

/** Each way out, and the wait status with which it must be seen. */
const LEAVE: Record<ExitWay, { status(code: number): number; leave(code: number): void }> = {
  'process.exit': { status: (code) => code << 8, leave: (code) => process.exit(code) },
  'process.exitCode': {
    status: (code) => code << 8,
    leave: (code) => {
      process.exitCode = code;
    },
  },
  _exit: { status: (code) => code << 8, leave: (code) => os._exit(code) },
  'the end of the program': { status: () => 0, leave: () => {} },
  'a thrown error': {
    status: () => 1 << 8,
    leave: () => {
      setImmediate(() => {
        os.dup2(nowhere, 2);
        throw new Error('thrown on purpose');
      });
    },
  },
  'a signal to itself': {
    status: signalOf,
    leave: (code) => {
      process.kill(process.pid, signalOf(code));
      setTimeout(() => process.exit(98), 10_000); // it should not get this far
    },
  },
};

/** Whether a child that has ended has ended as planned; a core dump does not count. */
export function endedAsPlanned({ exit, code }: Plan, status: number): boolean {
  return (status & ~0x80) === LEAVE[exit].status(code);
}

export function describeEnd({ number, origin, work, exit, code }: Plan, status: number): string {
  const { exitCode, signal } = os.decodeStatus(status);
  return `child ${number}, forked from a ${origin}, [${work}], by ${exit} ${code}: ended with ${signal ?? exitCode}`;
}

/** Runs in the child, from wherever the fork was made. */
export function live(plan: Plan): void {
  const wrong = (error: unknown) => {
    os.write(2, `storm: child ${plan.number}: ${error instanceof Error ? error.stack : error}\n`);
    os._exit(99);
  };
  days(plan).then((goesOn) => {
    if (goesOn) LEAVE[plan.exit].leave(plan.code);
  }, wrong);
}

/** False in the children that it forks: they live their own lives. */
async function days(plan: Plan): Promise<boolean> {
  const ends: Promise<void>[] = [];
  for (const child of plan.children) {
    const pid = await forkFrom(child);
    if (pid === 0) return false;
    ends.push(
      os.waitpidAsync(pid).then(([, status]) => {
        if (!endedAsPlanned(child, status)) throw new Error(`WRONG: ${describeEnd(child, status)}`);
      }),
    );
  }
  await Promise.all([...plan.work.map((name) => WORK[name]()), ...ends]);
  return true;
}

function forkFrom(plan: Plan): Promise<number> {
  return new Promise((resolve, reject) => {
    ORIGIN[plan.origin](() => {
      try {
        const pid = os.fork();
        if (pid === 0) live(plan);
        resolve(pid);
      } catch (error) {
        reject(error);
      }
    }, false);
  });
}
