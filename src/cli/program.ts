// Running a program of the user's in place of this one: nothing stays between it and the terminal.

import { execve } from '../posix/exec.js';

export function becomeNode(args: readonly string[], env: NodeJS.ProcessEnv = process.env): never {
  return execve(process.execPath, [process.execPath, ...process.execArgv, ...args], env);
}
