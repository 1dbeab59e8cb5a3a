// The native side, as native/addon.cc exports it: a group for each file of native/binding. Nothing here checks its arguments:
// callers have done so.

import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import bindings from 'bindings';
import { notServed } from './windows.js';

/** A count or another answer where it is 0 or more, `-errno` where it is below. */
type Result = number;

export interface Native {
  // fork
  /** `withWorkers`: see WITH_WORKERS in child/workers.ts. */
  fork(milliseconds: number, withWorkers: number, heir: boolean): Result;
  stopsWorkers(): boolean;
  workerCounts(): { known: number; ended: number; strangersEnded: number } | undefined;
  endWorkers(): void; // calls the onexit of each
  workerWasOver(): boolean; // in that call
  isForkedChild(): boolean;
  beginLeaving(really: boolean): boolean; // whether the program listens to any signal
  leaveLoop(really: boolean): Result;
  leaveStream(fd: number): Result;
  addressLeft(fd: number): AddressInfo | undefined;
  unfinishedOutput(): number;
  finishOutput(fd: number, really: boolean): void;
  leaveAtCleanup(code: number): void;
  leave(code: number): never; // once what this child has queued for the thread pool is done
  reportUncaught(error: unknown): void;
  // collections; bytes, 0: not known
  collections(): number;
  youngUsed(): number;
  collectorIsAtWork(): boolean;
  // capabilities
  missingForFork(): string[];
  onMainThread(): boolean;
  profilerRuns(): boolean;
  heapMappings(): { count: number; bytes: number };
  // wait
  waitpid(pid: number, options: number): [result: Result, status: number];
  peekChild(pid: number): Result;
  wait4(pid: number, options: number): [result: Result, status: number, usage: number[]];
  waitid(type: number, id: number, options: number): number[] | Result;
  listChildren(): number[];
  forkedChildren(): number[];
  isForked(pid: number): boolean; // and not reaped by us: after that, its pid may be that of a program of child_process
  forgetChild(pid: number): void;
  libuvChildren(): number[];
  waitUntilAnyEnds(pids: number[], milliseconds: number): Result;
  beginChildEvents(): Result;
  waitForChildEvent(): void;
  endChildEvents(): void;
  // watches
  watchExit(pid: number, ended: () => void): Result;
  watchSignals(set: number[], pending: () => void): Result;
  watchReadable(fd: number, readable: () => void): Result;
  watchReady(fd: number, toWrite: number, ready: () => void): Result;
  watchWord(words: Int32Array, value: number, changed: (result: Result) => void): Result;
  watchMutex(mutex: Int32Array, free: (result: Result) => void): Result;
  watchSignal(signal: number, came: () => void): Result;
  untoldSignals(id: number): number;
  unwatch(id: number): void;
  // pool children: each has a number
  listenToChildren(told: (child: number, hasEnded: boolean) => boolean, turn: () => void): number;
  watchPoolChild(listener: number, pid: number, readFd: number): Result;
  readPoolChild(child: number, reads: boolean): void;
  leavePoolChild(child: number): void;
  // descriptors
  pipe(): [readFd: number, writeFd: number] | number;
  ownPipe(): [readFd: number, writeFd: number] | number;
  close(fd: number): Result;
  read(fd: number, into: Uint8Array): Result;
  write(fd: number, from: Uint8Array): Result;
  writeFrame(fd: number, kind: number, index: number, payload: Uint8Array | number | undefined): Result;
  openWithoutWaiting(fd: number, toWrite: number): Result;
  readNow(fd: number, into: Uint8Array): Result;
  writeNow(fd: number, from: Uint8Array): Result;
  canBePolled(fd: number): Result;
  hasStream(fd: number): boolean;
  stopPolling(fd: number): void;
  pollAnew(fd: number): boolean;
  pipe2(flags: number): [number, number] | Result;
  socketpair(): [number, number] | Result;
  dup(fd: number): Result;
  dup2(fd: number, target: number, inheritable: number): Result;
  isatty(fd: number): Result;
  getInheritable(fd: number): Result;
  setInheritable(fd: number, inheritable: number): Result;
  getBlocking(fd: number): Result;
  setBlocking(fd: number, blocking: number): Result;
  // process
  exitAtOnce(code: number): never;
  getpid(): number;
  getppid(): number;
  endWithParent(parent: number): Result;
  getpgid(pid: number): Result;
  kill(pid: number, signal: number): Result;
  setpgid(pid: number, group: number): Result;
  getsid(pid: number): Result;
  setsid(): Result;
  tcgetpgrp(fd: number): Result;
  tcsetpgrp(fd: number, group: number): Result;
  setChildSubreaper(on: number): Result;
  setParentDeathSignal(signal: number): Result;
  pidfdOpen(pid: number): Result;
  pidfdSendSignal(pidfd: number, signal: number): Result;
  errorText(errno: number): string;
  // limits
  getpriority(which: number, who: number): [error: Result, value: number];
  setpriority(which: number, who: number, value: number): Result;
  getrlimit(resource: number): [soft: number, hard: number] | Result;
  setrlimit(resource: number, soft: number, hard: number): Result;
  getrusage(who: number): number[] | Result;
  times(): [number, number, number, number, number];
  // signals: a set is an array of numbers
  maskProcess(how: number, set: number[]): number[] | Result;
  maskThread(how: number, set: number[]): number[] | Result;
  sigpending(): number[];
  suspend(mask: number[] | null): void;
  waitForSignal(set: number[], milliseconds: number): number[] | Result;
  raise(signal: number): Result;
  getDisposition(signal: number): Result;
  setDisposition(signal: number, ignore: number): Result;
  alarm(seconds: number): number;
  getitimer(which: number): [delay: number, interval: number] | Result;
  setitimer(which: number, delay: number, interval: number): [delay: number, interval: number] | Result;
  // memory
  sharedMemory(length: number): ArrayBuffer | Result;
  useHugePages(): boolean;
  // sync; milliseconds -1: no limit. -EFAULT: the memory was detached
  futexWait(words: Int32Array, value: number, milliseconds: number): Result;
  futexWake(words: Int32Array): Result;
  mutexLock(mutex: Int32Array, milliseconds: number): Result;
  mutexUnlock(mutex: Int32Array): Result;
  // random
  fillRandom(bytes: Uint8Array): Result;
  drawRandom(numbers: Float64Array, fromNewSeed: boolean): Result;
  // exec
  execve(program: string | number, argv: string[], env: string[], notIgnored: number[]): Result;
}

/** Where there is none: what calls it nevertheless is told so. */
function unsupported(): Native {
  const refuse = (call: string) => (): never => {
    throw notServed(call);
  };
  return new Proxy({} as Native, { get: (_, name) => refuse(String(name)) });
}

/** By the interpreter that the running Node names at its beginning: in the first page; as a single executable, in the second. */
function libc(): 'glibc' | 'musl' {
  const header = Buffer.alloc(16_384);
  let fd: number;
  try {
    fd = openSync('/proc/self/exe', 'r');
  } catch {
    return libcByReport(); // under --permission only what the user has allowed can be read
  }
  try {
    readSync(fd, header);
  } finally {
    closeSync(fd);
  }
  return header.includes('/ld-musl-') ? 'musl' : 'glibc';
}

/** The same from a diagnostic report, which needs no file, and some milliseconds. */
function libcByReport(): 'glibc' | 'musl' {
  const report = process.report?.getReport() as { header: { glibcVersionRuntime?: string } } | undefined;
  return report?.header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

function load(): Native {
  const other = ['bun', 'deno'].find((name) => process.versions[name] !== undefined);
  if (other !== undefined) {
    throw new Error(`just-fork forks Node.js from the inside, and this is ${other}: run the program by node`);
  }
  if (process.platform === 'win32') return unsupported();
  const file = 'just_fork.node';
  const tag = process.platform === 'linux' ? `.${libc()}` : '';
  const platform = `${process.platform}-${process.arch}`;
  try {
    return find(file, platform, tag);
  } catch (error) {
    // The paths that were tried follow.
    if (error instanceof Error && error.message.startsWith('Could not locate the bindings file')) {
      error.message += isBundled() ? `\n${BUNDLED}` : `\nThere may be none for ${platform}${tag}. ${BUILD}`;
    }
    throw error;
  }
}

const ROOT = join(__dirname, '..', '..');

const BUILD =
  'To build it, with a C++ compiler, make and Python: npx node-gyp rebuild -C node_modules/just-fork/native';

const BUNDLED =
  'This code is in a bundle, and the addon is not: keep just-fork external, and install it where the bundle runs.';

/** In one of the program's: a bundler copies the code, and no package.json two folders above it. */
export function isBundled(): boolean {
  try {
    const { name } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    return name !== 'just-fork';
  } catch {
    return true;
  }
}

function find(file: string, platform: string, tag: string): Native {
  return bindings({
    bindings: file,
    module_root: ROOT,
    // What the user built from source comes first, in a checkout or where it is installed, then what the package brought.
    try: [
      ['module_root', 'build', 'Release', 'bindings'],
      ['module_root', 'native', 'build', 'Release', 'bindings'],
      ['module_root', 'prebuilds', platform, `just-fork${tag}.node`],
    ],
  } as never) as Native;
}

export const native: Native = load();
