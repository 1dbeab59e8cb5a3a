import { writeSync } from 'node:fs';
import * as os from 'just-fork';

/** The last word of a scenario: 'good', or what was seen. It leaves at once, in whatever state this process is. */
export function say(what: string): never {
  writeSync(1, what);
  os._exit(0);
}

/** How a child ended, if it is not how it should have. */
export function wrongEnd(status: number, expected = 0): string | undefined {
  const { exitCode, signal } = os.decodeStatus(status);
  if (exitCode === expected) return undefined;
  return signal ?? `exit code ${exitCode}`;
}

/** In the parent: waits for the child, and says how it went. */
export function judge(pid: number, expected = 0): never {
  const [, status] = os.waitpid(pid);
  say(wrongEnd(status, expected) ?? 'good');
}

/** Forks, and makes a text in both: in the parent, its own and the child's. */
export function exchange(make: () => string): [own: string, childs: string] {
  const [readEnd, writeEnd] = os.pipe();
  const pid = os.fork();
  const own = make();
  if (pid === 0) {
    os.write(writeEnd, Buffer.from(own));
    os._exit(0);
  }
  os.waitpid(pid);
  return [own, os.read(readEnd).toString()];
}

/** Keeps the thread, and lets no event be served. */
export function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
