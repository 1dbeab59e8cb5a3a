// One measurement: worker EVENT. The example server under load, while nothing happens, or all children are replaced, or
// one is killed. The clients are Node's own, since they must know that no request follows on a connection that the server
// has said it ends: autocannon sends one, which nobody can answer, and counts it neither as answered nor as lost.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../run';

export type Event = 'nothing' | 'reload' | 'kill';
export interface Load {
  answered: number;
  /** Sent, and never answered: the connection ended. */
  lost: number;
  /** Answers other than 2xx. */
  other: number;
  perSecond: number;
}

const CONNECTIONS = 20;
const REQUESTS = 30_000;
/** So long after the beginning it happens. */
const EVENT_AFTER = 1000;
const SERVER = join(__dirname, '..', '..', '..', 'examples', 'prefork-server', 'main.js');

interface Server {
  program: ChildProcess;
  output: string;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

async function start(): Promise<Server> {
  const program = spawn(process.execPath, [SERVER, '0', '4'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const server = { program, output: '' };
  program.stdout.setEncoding('utf8').on('data', (data) => {
    server.output += data;
  });
  await until(() => /^slot 3/m.test(server.output));
  return server;
}

/** Clients, each with request after request, on a connection that stays open until the server says that it ends. */
async function load(url: string): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const counts = { answered: 0, lost: 0, other: 0 };
  let left = REQUESTS;
  const ask = () =>
    new Promise<void>((resolve) => {
      const request = get(url, { agent }, (response) => {
        response
          .resume()
          .once('error', lost)
          .once('end', () => {
            if (response.statusCode === 200) counts.answered++;
            else counts.other++;
            resolve();
          });
      });
      const lost = () => {
        counts.lost++;
        resolve();
      };
      request.once('error', lost);
    });
  const started = performance.now();
  const client = async () => {
    while (left-- > 0) await ask();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  const time = performance.now() - started;
  agent.destroy();
  return { ...counts, perSecond: (REQUESTS / time) * 1000 };
}

async function main(event: Event): Promise<void> {
  const server = await start();
  const url = /http:\S+\d/.exec(server.output)?.[0] as string;
  const loaded = load(url);
  await sleep(EVENT_AFTER);
  if (event === 'reload') server.program.kill('SIGHUP');
  if (event === 'kill') process.kill(Number(/^slot 0: (\d+)/m.exec(server.output)?.[1]), 'SIGKILL');
  const result = await loaded;
  if (event === 'reload') await until(() => server.output.includes('reloaded'));
  server.program.kill('SIGTERM');
  await once(server.program, 'close');
  answer(result);
}

void main(process.argv[2] as Event);
