// Connections that http's agents and fetch keep open for the next request. In a child they are its parent's: both would send
// over them, and each could get the other's answer.

import { subscribe } from 'node:diagnostics_channel';
import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

/** As Node and undici have them. */
interface Connection extends Socket {
  _httpMessage?: { agent?: Agent } | null;
  _handle?: (Handle & { /** Of TLS. */ _parent?: Handle }) | null;
}

interface Handle {
  hasRef?(): boolean;
}

/** Those that were made since the package was loaded. */
let made: WeakRef<Connection>[] = [];
/** How many may come before the first look for those that are gone. */
const FEW = 64;
let room = FEW;

if (isMainThread) {
  subscribe('net.client.socket', (message) => {
    const { socket } = message as { socket: Connection };
    if (made.length >= room) {
      made = made.filter((ref) => ref.deref()?.destroyed === false);
      room = Math.max(FEW, 2 * made.length);
    }
    made.push(new WeakRef(socket));
  });
}

/** In the child, which makes connections of its own. The parent's stay open. */
export function forgetConnections(inChild: boolean): void {
  if (!inChild) return;
  for (const ref of made) {
    const socket = ref.deref();
    if (socket !== undefined && isIdle(socket)) socket.destroy();
  }
}

/** Those of http's agents that have requests under way. */
export function agentsInUse(): Agent[] {
  return made.flatMap((ref) => ref.deref()?._httpMessage?.agent ?? []);
}

/** Both let a connection that is not in use keep no process alive. */
function isIdle(socket: Connection): boolean {
  const handle = socket._handle?._parent ?? socket._handle;
  if (!handle || socket.connecting || handle.hasRef?.() !== false) return false;
  return isOfAgent(socket) || isOfFetch(socket);
}

const isOfAgent = (socket: Socket) => socket.listenerCount('agentRemove') > 0;

const isOfFetch = (socket: Socket) =>
  Object.getOwnPropertySymbols(socket).some(({ description }) => description === 'no ref');
