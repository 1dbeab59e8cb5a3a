// A parent that is doing everything at once while it forks: it allocates, compiles hot code, has requests in the
// thread pool, runs timers, and serves and makes HTTP requests.

import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { served } from './origins';
import * as work from './work';

export interface Busy {
  /** In a child: lets go of the parent's sockets and timers, and leaves its loops. */
  letGo(): void;
  /** In the parent, at the end. */
  stop(): Promise<void>;
  readonly requests: number;
}

/** @param frugal it needs no descriptor, process or thread any more once it has begun. */
export async function startBusy(frugal: boolean): Promise<Busy> {
  let stopped = false;
  let requests = 0;
  const server = http.createServer((_request, response) => {
    served(); // the storm forks from inside some of them
    if (!stopped) response.end('served '.repeat(100));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });

  const timers = [
    setInterval(() => work.allocateUntilCollected(1), 7),
    setInterval(() => work.compileHotCode(300), 5),
  ];
  if (!frugal) timers.push(setInterval(() => request(), 3));

  function request(): void {
    const call = http.get({ port, host: '127.0.0.1', agent }, (response) => {
      response.resume();
      response.on('end', () => requests++);
      response.on('error', () => {});
    });
    call.on('error', () => {});
  }

  async function keepPoolBusy(piece: () => Promise<void>): Promise<void> {
    while (!stopped) await piece();
  }
  const pieces = [work.deriveKey, work.deriveKey];
  // Of more than one step: a child would go on with the second, in a thread pool of its own, and without a thread to
  // be had libuv aborts.
  if (!frugal) pieces.push(work.compress, () => work.readFiles(join(__dirname, 'work.js')));
  const loops = pieces.flatMap((piece) => [piece, piece]).map(keepPoolBusy);

  const busy: Busy = {
    get requests() {
      return requests;
    },
    letGo() {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
      // Closing a copy of a socket ends nothing for the parent: no shutdown is sent while it holds its own.
      agent.destroy();
      server.close();
      server.closeAllConnections();
    },
    async stop() {
      busy.letGo();
      await Promise.all(loops);
    },
  };
  return busy;
}
