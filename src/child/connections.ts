// Connections that http's agents and fetch keep open for the next request. In a child they are its parent's: both would send
// over them, and each could get the other's answer.

import { subscribe } from 'node:diagnostics_channel';
import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { repairInChildren } from './repair.js';

/** As Node and undici have them. */
interface Connection extends Socket {
  _httpMessage?: { agent?: Agent } | null;
}

/** How many may come before the first look for those that are gone. */
const FEW = 64;

/** What others have made, for as long as they keep it. */
class Others<T extends object> {
  #refs: WeakRef<T>[] = [];
  #room = FEW;
  readonly #isGone: (one: T) => boolean;

  constructor(isGone: (one: T) => boolean = () => false) {
    this.#isGone = isGone;
  }

  add(one: T): void {
    repairInChildren(forgetConnections);
    if (this.#refs.length >= this.#room) {
      this.#refs = this.#refs.filter((ref) => {
        const one = ref.deref();
        return one !== undefined && !this.#isGone(one);
      });
      this.#room = Math.max(FEW, 2 * this.#refs.length);
    }
    this.#refs.push(new WeakRef(one));
  }

  get areNone(): boolean {
    return this.#refs.length === 0;
  }

  all(): T[] {
    return this.#refs.flatMap((ref) => ref.deref() ?? []);
  }
}

/** Those that were made since the package was loaded; Node 20, 22.12 and 24.0 do not tell of TLS. */
const connections = new Others<Connection>((socket) => socket.destroyed);
/** Those by which a request was sent since then, each once. */
const agents = new Others<Agent>();
const known = new WeakSet<Agent>();

if (isMainThread) {
  subscribe('net.client.socket', (message) => connections.add((message as { socket: Connection }).socket));
  subscribe('http.client.request.start', (message) => {
    const { agent } = (message as { request: { agent?: Agent } }).request;
    if (!agent || known.has(agent)) return;
    known.add(agent);
    agents.add(agent);
  });
}

/**
 * In the parent, as the last thing before it forks: what each child would have to look for.
 *
 * @returns whether there is any. Then they are to be dropped after the fork, in both processes.
 */
export function findConnections(): boolean {
  if (!anyConnection()) return false;
  idle = agents.all().filter(({ freeSockets }) => hasEntries(freeSockets));
  open = connections.all().filter((socket) => !socket.destroyed && isIdleOfFetch(socket));
  return idle.length + open.length > 0;
}

/** What the program has had there is not to stay in memory because of us. */
export function dropConnections(): void {
  idle = open = [];
}

let idle: readonly Agent[] = [];
let open: readonly Connection[] = [];

/** In the child, which makes connections of its own. The parent's stay open. */
function forgetConnections(inChild: boolean): void {
  for (const agent of idle) if (inChild) closeIdle(agent);
  for (const socket of open) if (inChild) closeForFetch(socket);
}

/** An agent may be anything that has addRequest(). */
export function hasEntries(list: object | undefined): boolean {
  return list !== undefined && Object.keys(list).length > 0;
}

/** What an agent keeps for its next request. */
export function closeIdle({ freeSockets }: Partial<Pick<Agent, 'freeSockets'>>): void {
  for (const sockets of Object.values(freeSockets ?? {})) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

export function anyConnection(): boolean {
  return !agents.areNone || !connections.areNone;
}

/** Of http and https: those that have sent a request, or have one under way. */
export function agentsInUse(): Agent[] {
  return [...agents.all(), ...connections.all().flatMap((socket) => socket._httpMessage?.agent ?? [])];
}

/** Its socket knows its client, and that how many requests it has under way; in HTTP/2 there may be several. */
function isIdleOfFetch(socket: Connection): boolean {
  if (socket.connecting) return false;
  const client = bySymbol(socket, 'client');
  return typeof client === 'object' && client !== null && bySymbol(client, 'running') === 0;
}

/** In HTTP/2 undici before 8.2 throws where a session ends without an error: it gets one, of a code that undici expects. */
function closeForFetch(socket: Connection): void {
  if (bySymbol(socket, 'http2Session') == null) socket.destroy();
  else socket.destroy(Object.assign(new Error("the connection is the parent's"), { code: 'UND_ERR_SOCKET' }));
}

/** What an object, or its class, has by a symbol that nobody else can name. */
export function bySymbol(owner: object, name: string): unknown {
  for (let at: object | null = owner; at !== null; at = Object.getPrototypeOf(at)) {
    const symbol = Object.getOwnPropertySymbols(at).find(({ description }) => description === name);
    if (symbol) return (owner as Record<symbol, unknown>)[symbol];
  }
  return undefined;
}
