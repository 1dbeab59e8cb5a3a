// The pools of Node, behind one interface: a task by name, with its input.

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const SLOTS = 8;
const TASK = join(__dirname, 'task.js');
const CHILD = join(__dirname, 'child.js');

export interface Pool {
  do(name: 'scanPart' | 'spin', input: unknown): Promise<unknown>;
  close(): Promise<unknown>;
}

export const OTHERS = {
  Piscina: async (): Promise<Pool> => {
    const { Piscina } = await import('piscina');
    const pool = new Piscina({ filename: TASK, minThreads: SLOTS, maxThreads: SLOTS });
    return { do: (name, input) => pool.run(input, { name }), close: () => pool.destroy() };
  },

  tinypool: async (): Promise<Pool> => {
    const { Tinypool } = await import('tinypool');
    const filename = pathToFileURL(TASK).href;
    const pool = new Tinypool({ filename, minThreads: SLOTS, maxThreads: SLOTS });
    return { do: (name, input) => pool.run(input, { name }), close: () => pool.destroy() };
  },

  workerpool: async (): Promise<Pool> => {
    const { default: workerpool } = await import('workerpool');
    const pool = workerpool.pool(TASK, {
      minWorkers: SLOTS,
      maxWorkers: SLOTS,
      workerType: 'thread',
      workerThreadOpts: { argv: ['workerpool'] },
    });
    return { do: async (name, input) => pool.exec(name, [input]), close: async () => pool.terminate() };
  },

  /** A program for each task, as run() has a child for each. */
  'child_process.fork': async (): Promise<Pool> => {
    let running = 0;
    const waiting: (() => void)[] = [];
    const start = async (name: string, input: unknown): Promise<unknown> => {
      if (running >= SLOTS) await new Promise<void>((resolve) => waiting.push(resolve));
      running++;
      try {
        return await new Promise((resolve, reject) => {
          let answer: unknown;
          const child = fork(CHILD, { serialization: 'advanced' });
          child.once('message', (message) => {
            answer = message;
          });
          child.once('error', reject).once('close', (code) => {
            if (code === 0) resolve(answer);
            else reject(new Error(`The child ended with exit code ${code}`));
          });
          child.send({ name, input });
        });
      } finally {
        running--;
        waiting.shift()?.();
      }
    };
    return { do: start, close: async () => {} };
  },
} as const;
export type Other = keyof typeof OTHERS;
