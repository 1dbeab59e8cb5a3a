// Where there is no fork(2) the package loads all the same, and each call says so under its own name.

import { getSystemErrorMap } from 'node:util';

/** Those that ask the system for nothing: they work everywhere. */
const EVERYWHERE = /^(capabilities|isForkedChild|onFork|W[A-Z]+|decodeStatus|waitstatusToExitcode|\w+Error)$/;

/** All that the package exports, with a refusal in place of each other function and class. */
export function refuseCalls(exported: Record<string, unknown>): Record<string, unknown> {
  const refused = Object.entries(exported).map(([name, value]) => {
    if (typeof value !== 'function' || EVERYWHERE.test(name)) return [name, value];
    // No arrow function: a class is called with new.
    return [
      name,
      function refuse() {
        throw notServed(name);
      },
    ];
  });
  return Object.fromEntries(refused);
}

export function notServed(call: string): Error {
  const [errno] = [...getSystemErrorMap()].find(([, [name]]) => name === 'ENOSYS') ?? [];
  return Object.assign(
    new Error(
      `ENOSYS: function not implemented, ${call} (just-fork serves Linux and macOS; this is ${process.platform})`,
    ),
    { code: 'ENOSYS', errno, syscall: call },
  );
}
