// Work that reaches every part of V8 and Node that a fork can break. Each piece checks its own result.

import { execFile } from 'node:child_process';
import * as crypto from 'node:crypto';
import * as dns from 'node:dns';
import { promises as fs } from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import * as v8 from 'node:v8';
import { Worker } from 'node:worker_threads';
import * as zlib from 'node:zlib';

function expect(what: string, condition: boolean): void {
  if (!condition) throw new Error(`${what} gave a wrong result`);
}

/** Allocates, and keeps some of it, until the collector has run `times` times. */
export function allocateUntilCollected(times: number): void {
  const kept: object[] = [];
  let used = 0;
  for (let seen = 0; seen < times; ) {
    for (let i = 0; i < 5000; i++) {
      const object = { i, text: `object ${i}`, list: [i, i + 1, i + 2] };
      if (i % 8 === 0) kept.push(object);
    }
    if (kept.length > 100_000) kept.length = 0;
    const now = v8.getHeapStatistics().used_heap_size;
    if (now < used) seen++;
    used = now;
  }
}

let functions = 0;

/** Makes a function that V8 has not seen yet, and runs it until it is worth optimising. */
export function compileHotCode(iterations: number): void {
  const id = functions++;
  const hot = new Function(
    'n',
    `let a = ${id}, b = 0; for (let i = 0; i < n; i++) { a = (a * 31 + i) | 0; b += a & ${(id % 7) + 1}; } return b;`,
  ) as (n: number) => number;
  const first = hot(1000);
  for (let i = 0; i < iterations; i++) expect('hot code', hot(1000) === first);
}

const gzip = promisify(zlib.gzip);
const gunzip = promisify(zlib.gunzip);
const pbkdf2 = promisify(crypto.pbkdf2);
const text = Buffer.from('Hares and lynxes. '.repeat(5000));

export async function compress(): Promise<void> {
  const back = await gunzip(await gzip(text));
  expect('gzip', back.equals(text));
}

/**
 * Reads at given positions: the two sides of a fork share the position of a file that is open at that moment, so that
 * one side's readFile() would take what the other's was about to read.
 */
export async function readFiles(file: string): Promise<void> {
  const handle = await fs.open(file);
  const { size } = await handle.stat();
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(size), 0, size, 0);
  await handle.close();
  expect('read', bytesRead === size && buffer.includes('readFiles'));
}

export async function deriveKey(): Promise<void> {
  const key = await pbkdf2('secret', 'salt', 2000, 32, 'sha256');
  expect('pbkdf2', key.length === 32);
}

async function wakeUp(): Promise<void> {
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 2));
  expect('a timer', performance.now() - start >= 1);
}

let modules = 0;

async function importModule(): Promise<void> {
  const number = modules++;
  const text = `export const pid = ${process.pid}; export const number = ${number}`;
  const module = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  expect('import()', module.pid === process.pid && module.number === number);
}

async function serve(): Promise<void> {
  const server = http.createServer((_request, response) => response.end(`${process.pid}`));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const answer = await new Promise<string>((resolve, reject) => {
    const request = http.get({ port, host: '127.0.0.1', agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part) => {
        body += part;
      });
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
  });
  server.close();
  expect('http', answer === `${process.pid}`);
}

async function runProgram(): Promise<void> {
  const { stdout } = await promisify(execFile)('/bin/echo', [`${process.pid}`]);
  expect('execFile', stdout === `${process.pid}\n`);
}

async function runWorker(): Promise<void> {
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage(process.pid)', {
    eval: true,
  });
  const message = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const exit = new Promise((ended) => worker.once('exit', ended)); // can come in the same turn
  expect('a Worker', (await message) === process.pid && (await exit) === 0);
}

async function lookUp(): Promise<void> {
  const { address } = await dns.promises.lookup('127.0.0.1');
  expect('dns.lookup', address === '127.0.0.1');
}

/** All of it by name. */
export const WORK = {
  allocate: async () => allocateUntilCollected(2),
  compile: async () => compileHotCode(300),
  'read files': () => readFiles(__filename),
  compress,
  'derive a key': deriveKey,
  'wait for a timer': wakeUp,
  import: importModule,
  'look up a name': lookUp,
  serve,
  'run a program': runProgram,
  'run a Worker': runWorker,
} satisfies Record<string, () => Promise<void>>;

export type Work = keyof typeof WORK;

export const HEAVY: readonly Work[] = ['serve', 'run a program', 'run a Worker'];
export const LIGHT = (Object.keys(WORK) as Work[]).filter((name) => !HEAVY.includes(name));

/** What needs no descriptor and no thread. */
export const FRUGAL: readonly Work[] = ['allocate', 'compile', 'wait for a timer'];
