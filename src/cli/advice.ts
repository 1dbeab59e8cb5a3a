// What is to be done where fork does not work, by what was missing or thrown.

type Advice = [told: RegExp, advice: string];

const NODE_OPTIONS = '(look into NODE_OPTIONS and node.config.json, too)';

const WORKERS =
  'A Worker thread runs before the program does: mostly that of a module loader, which --import tsx, --loader, ' +
  `module.register() and Yarn Plug'n'Play have ${NODE_OPTIONS}. Run without it: Node 22.18 and later run TypeScript ` +
  'themselves, and Yarn has `nodeLinker: node-modules`. Or fork with { allowWorkers: true }, at the risk that the ' +
  'child inherits a lock and hangs';

/** By a word in what capabilities() says is missing. */
const MISSING: Advice[] = [
  [/Worker threads/, WORKERS],
  [/fork\(2\)/, 'On Windows, use WSL: there this is Linux'],
  [/\/proc/, 'Mount it in the container or the chroot: `mount -t proc proc /proc`'],
  [/inspector/, `Run without --inspect ${NODE_OPTIONS}; a child can open a port of its own`],
  [/--cpu-prof|--prof|--trace-event/, `Run without that option ${NODE_OPTIONS}`],
  [
    /--trace-sigint/,
    `Run without --trace-sigint ${NODE_OPTIONS}; \`npx just-fork trace\` shows where the processes wait`,
  ],
  [
    /Profiler\.start/,
    'Call Profiler.stop before the fork. If you have started no profile, something that --require or --import ' +
      `loads has done so ${NODE_OPTIONS}`,
  ],
  [
    /createTracing/,
    `Disable them before the fork; --require or --import may load what records ${NODE_OPTIONS}`,
  ],
  [/--frozen-intrinsics/, 'Run without --frozen-intrinsics'],
  [
    /UV_USE_IO_URING/,
    'Start Node with UV_USE_IO_URING=0 in the environment, or without the variable and a newer one (20.11.1, 21.6.2, or any from 22 on)',
  ],
  [
    /another copy of just-fork/,
    'One process is served by one copy. `npm ls just-fork` lists them: make them one, by `npm dedupe` or ' +
      `"overrides" in package.json, and see what --require or --import loads ${NODE_OPTIONS}`,
  ],
];

export function adviceForMissing(missing: string): string {
  const [, advice] = MISSING.find(([told]) => told.test(missing)) ?? [];
  const other = 'This build of Node hides what fork needs: use one from nodejs.org or from your distribution';
  return `Missing: ${missing}. ${advice ?? other}`;
}

/** By the code of the error of a fork for which all is there. */
const REFUSED: Record<string, string> = {
  ERR_FORK_WORKERS_RUNNING: WORKERS,
  ERR_ACCESS_DENIED:
    "The test is a program of its own. For it, Node's --permission needs --allow-child-process, and --allow-fs-read for " +
    'the folder of the package',
  ERR_FORK_BUSY:
    'Work in the thread pool or in the background did not end in a second. Where the machine has far more to do than ' +
    'it has cores, try again later; else see what --require or --import has begun, and wait longer, by { timeout }',
  EAGAIN:
    'No more processes are allowed: see `ulimit -u`, and the pids limit of the container or the service. Threads ' +
    'count, and so do zombies',
  ENOMEM:
    'There is not enough memory for another process: end some, or raise the limit of the container or the service. ' +
    'Where vm.overcommit_memory is 2, all that a process may write to counts, although little of it is copied',
};

export function adviceForRefusal(code: string | null): string {
  const bug = 'All is there, and yet fork does not work. This is a bug: please report it, with `--json`';
  return REFUSED[code ?? ''] ?? bug;
}

/** What the addon is built with, where none fits. */
const BUILD =
  'with a C++ compiler, make and Python, `npx node-gyp rebuild -C node_modules/just-fork/native` builds';

/** By the error of the package's own loading. */
export function adviceForLoad(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = `${message}`.replace(/[.:]?( Tried:)?\n.*/s, '').replace(/\.$/, '');
  const begin = `The addon did not load (${why}).`;
  if (why.includes('run the program by node')) return begin;
  if (code === 'ERR_DLOPEN_DISABLED') {
    return `${begin} Node's --permission forbids it: start with --allow-addons, too ${NODE_OPTIONS}`;
  }
  if (/version [`'](GLIBC|CXXABI)\w*_[\d.]+' not found/.test(why)) {
    const library = why.includes('`GLIBC_') ? 'The C library' : "The compiler's C++ library";
    return `${begin} ${library} of this system is older than the addon needs: take a newer system, or ${BUILD} one for this`;
  }
  return `${begin} There may be none for ${process.platform}-${process.arch}: ${BUILD} it`;
}
