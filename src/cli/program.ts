// Running a program of the user's in place of this one: nothing stays between it and the terminal.

import { adviceForLoad } from './advice.js';

export function becomeNode(args: readonly string[], env: NodeJS.ProcessEnv = process.env): never {
  return execve()(process.execPath, [process.execPath, ...process.execArgv, ...args], env);
}

/** Not sooner: the other commands work without the addon. */
function execve(): typeof import('../index.js').execve {
  try {
    return (require('../index.js') as typeof import('../index.js')).execve;
  } catch (error) {
    throw new Error(adviceForLoad(error));
  }
}
