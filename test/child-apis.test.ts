import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { node, nodeMajor, pass } from './run';

const linux = process.platform === 'linux';
const has = (program: string, ask = '--version') => spawnSync(program, [ask]).status === 0;
/** Whether the Node that runs the scenarios can do this. */
const knows = (expression: string) => spawnSync(node, ['-e', `${expression}`]).status === 0;

/** What each scenario is about; the files are test/fixtures/child/NAME.ts. */
const apis = {
  timers: 'setTimeout, setInterval, setImmediate, timers/promises',
  microtasks: 'queueMicrotask, promises, process.nextTick',
  streams: 'Readable.from, Transform, pipeline',
  'web-streams': 'ReadableStream, TransformStream, CompressionStream, Blob',
  'fs-callbacks': 'fs with callbacks, createReadStream',
  'fs-promises': 'fs.promises, FileHandle, opendir, cp',
  'fs-watch': 'fs.watch on a file, a directory, recursive, and as async iterator',
  'fs-watch-file': 'fs.watchFile',
  net: 'net: TCP and Unix sockets, server and client',
  http: 'http: server, client, keep-alive',
  http2: 'http2: server and client, streams in parallel',
  dgram: 'dgram',
  dns: 'dns: lookup, lookupService, Resolver',
  zlib: 'zlib: async, streams, brotli',
  crypto: 'crypto: pbkdf2, scrypt, randomBytes, generateKeyPair, ciphers, signatures',
  webcrypto: 'webcrypto: digest, generateKey, encrypt, sign',
  'child-process': 'child_process: spawn, exec, execFile, spawnSync',
  'child-process-fork': 'child_process.fork: messages and a server over IPC',
  'worker-threads': 'worker_threads: a new Worker, messages both ways, shared memory, terminate, errors',
  buffers: 'ArrayBuffer, resizable, SharedArrayBuffer, WebAssembly.Memory: of before the fork, and new ones',
  'web-assembly': 'WebAssembly: compile, instantiate, tier up, an instance of before the fork',
  'dynamic-import': 'import(): ES modules from files, node: builtins, errors',
  require: 'require: new modules, cycles, JSON, builtins',
  readline: 'readline on a pipe, readline/promises',
  'abort-signal': 'AbortController, AbortSignal.timeout, AbortSignal.any',
  atomics: 'Atomics.wait, waitAsync, notify, also from a Worker',
  'heap-snapshot': 'v8.getHeapSnapshot, v8.writeHeapSnapshot',
  'v8-serialize': 'v8.serialize, structuredClone',
  'process-report': 'process.report',
  'node-test': 'node:test in the process',
  'node-test-run': 'node:test run() of files',
  'perf-hooks': 'perf_hooks: clock, monitorEventLoopDelay, PerformanceObserver, timerify',
  fetch: 'fetch',
  'message-channel': 'MessageChannel, BroadcastChannel',
  'async-local-storage': 'AsyncLocalStorage',
  'async-hooks': 'async_hooks',
  events: 'EventTarget, EventEmitter, once, on',
  text: 'URL, TextDecoder, Intl, util.parseArgs',
  vm: 'vm: contexts, time-out',
  inspector: 'inspector.Session: evaluate, breakpoints, CPU profile, coverage',
  'process-usage': 'memoryUsage, cpuUsage, resourceUsage, uptime, hrtime, os.cpus',
  'process-title': 'process.title',
  'diagnostics-channel': 'diagnostics_channel',
  repl: 'repl',
};

test('the child of forkChild leaves to its parent what that has under way', () =>
  pass('child/leaves-to-parent'));

test.skipIf(process.platform !== 'linux')('nor does it hold open what a Worker of its parent has open', () =>
  pass('child/left-by-workers'),
);

test.skipIf(process.platform !== 'linux')('nor does it close what its parent shares with a Worker', () =>
  pass('child/shared-with-worker'),
);

for (const version of ['3', '4']) {
  test(`what the parent cleans up at its end is cleaned up by no child (signal-exit ${version})`, () =>
    pass('child/exit-hooks', { args: [version] }));
}

test('connections that the parent keeps open are not the child’s', () => pass('child/connections'));
test.skipIf(!has('openssl', 'version'))('… nor those of https', () => pass('child/connections-tls'));
test('an agent may be anything with addRequest()', () => pass('child/agent-of-another-kind'));
test('the child of forkChild is in no domain of its parent’s, as the REPL has one', () =>
  pass('child/domain'));
test('… can be made with no descriptor free', () => pass('child/no-descriptor'));

const scenario = (name: string, ...nodeArgs: string[]) => pass('child/main', { args: [name], nodeArgs });

describe('in a child, cold and warm, and in a grandchild', () => {
  for (const [name, title] of Object.entries(apis)) test(title, () => scenario(name));

  test.skipIf(!has('openssl', 'version'))('tls and https: server and client, TLS 1.2 and 1.3', () =>
    scenario('tls'),
  );
  test('FinalizationRegistry and WeakRef, also for objects of before the fork', () =>
    scenario('finalization', '--expose-gc'));
  test.skipIf(!knows("require('node:sqlite')"))('node:sqlite, on disk and in memory', () =>
    scenario('sqlite'),
  );
  test.skipIf(!knows("require('node:module').registerHooks.call"))(
    'node:module: registerHooks, enableCompileCache, stripTypeScriptTypes',
    () => scenario('module-hooks'),
  );
  test.skipIf(nodeMajor < 22)('sessionStorage', () => scenario('web-storage', '--experimental-webstorage'));
  test.skipIf(!knows('navigator.locks.request'))('navigator.locks', () => scenario('locks'));
});

describe('what the child has from its parent', () => {
  for (const kind of ['net', 'http']) {
    for (const depth of ['1', '2']) {
      test(`a listening ${kind} socket that the parent closes (depth ${depth})`, () =>
        pass('child/inherited-server', { args: [kind, depth] }));
    }
  }
  for (const depth of ['1', '2']) {
    test(`a cluster, below one of its workers: it listens by itself (depth ${depth})`, () =>
      pass('child/cluster', { args: [depth] }));
  }
  test('a Unix socket, whose path stays when the child closes it', () => pass('child/unix-server'));
  test('a server on descriptor 0, as inetd starts it', () => pass('child/server-on-stdin'));
  test('one listening socket for two children, which share the connections', () => pass('child/prefork'));

  for (const kind of ['pipe', 'file', 'nothing']) {
    for (const depth of ['1', '2']) {
      test(`process.stdin: ${kind} (depth ${depth})`, () =>
        pass('child/stdin', { args: [kind, depth, 'new'] }));
    }
    test(`process.stdin that the parent has opened: ${kind}`, () =>
      pass('child/stdin', { args: [kind, '1', 'opened'] }));
  }
  for (const state of ['touched', 'flowing']) {
    test(`process.stdin that the parent has ${state}: what the child puts there is the child’s`, () =>
      pass('child/stdin-left', { args: [state] }));
  }
  test.skipIf(!linux || !has('script'))('the size of a terminal, and its changes', () =>
    pass('child/terminal-size'),
  );
  for (const depth of ['1', '2']) {
    test.skipIf(!linux || !has('script'))(`a terminal: isTTY, readline, raw mode (depth ${depth})`, () =>
      pass('child/terminal', { args: [depth] }),
    );
  }
  test.skipIf(!linux || !has('script'))('the mode of the terminal, which its own end leaves as it is', () =>
    pass('child/raw-mode'),
  );
  test.skipIf(!linux)('the streams of its parent, which its end by a signal leaves as they are', () =>
    pass('child/pipes-of-parent'),
  );
  test('a call of vm that SIGINT breaks while it forks: the child stays in its body', () =>
    pass('child/interrupted-vm'));
  test('work in flight that it cannot have: forkChild does not end with 0', () =>
    pass('child/unsettled-body'));
  test('a file that is being read, of which each of the two gets a part', () => pass('child/file-in-flight'));
  test('the AsyncLocalStorage context of the call of fork()', () => pass('child/context-over-fork'));
  test('process.cpuUsage begins at nothing', () => pass('child/process-cpu-usage'));
  test('process.title, which it can change for itself', () => pass('child/process-title-private'));
  test('warnings under its own pid; debuglog under the one that was read first', async () => {
    const { stdout, stderr } = await pass('child/warning', { env: { NODE_DEBUG: 'just-fork' } });
    const { parent, child } = JSON.parse(stdout);
    const said = stderr.split('\n').filter((line) => line.includes(' from the '));
    expect(said.sort()).toEqual(
      [
        `(node:${child}) Warning: from the child`,
        `(node:${parent}) Warning: from the parent`,
        `JUST-FORK ${parent}: from the child`,
        `JUST-FORK ${parent}: from the parent`,
      ].sort(),
    );
  });
  test.skipIf(!linux || process.getuid?.() !== 0)('root’s privileges, which it can give up for itself', () =>
    pass('child/drop-privileges'),
  );
  test.skipIf(!knows('process.execve.call'))('process.execve', () => pass('child/execve'));
});
