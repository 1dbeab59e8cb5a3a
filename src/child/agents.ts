// The agents of http, https and fetch, in a child that leaves all connections to its parent (leave.ts), those in use, too: they
// would count them, and give the idle ones to the child's first requests, which would fail.

import type { Agent } from 'node:http';
import { isProxy } from 'node:util/types';
import { agentsInUse } from './connections.js';
import { isLoaded } from './loaded.js';

/** Node's modules; a program may replace their global agents at any time. */
const modules: { globalAgent: Agent }[] = [];
const unseen = new Set(['http', 'https']);

/** In the parent, before a fork: a look into a module would cost each child some thirty pages. */
export function findAgents(): void {
  for (const name of unseen) {
    if (!isLoaded(name)) continue;
    unseen.delete(name);
    modules.push(require(`node:${name}`) as { globalAgent: Agent });
  }
  agents = modules.map(({ globalAgent }) => globalAgent);
}

/** Those of the moment of the fork. */
let agents: Agent[] = [];

/** What it has, and Node does not document. */
type Counts = Pick<Agent, 'freeSockets' | 'sockets' | 'requests'> & { totalSocketCount?: number };

/** @param really false for a rehearsal in the parent, which changes nothing. */
export function emptyAgents(really: boolean): void {
  const all: Counts[] = [...agents, ...agentsInUse()];
  for (const agent of really ? all : [NO_AGENT]) {
    for (const sockets of Object.values(agent.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy();
    }
    for (const lists of [agent.freeSockets, agent.sockets, agent.requests]) {
      for (const name of Object.keys(lists)) delete (lists as Record<string, unknown>)[name];
    }
    if (agent.totalSocketCount !== undefined) agent.totalSocketCount = 0;
  }
  if (!tellsOfTls) renewDispatcher(really);
}

const NO_AGENT: Counts = { freeSockets: {}, sockets: {}, requests: {} };

/** Node 20 does not, so that connections.ts does not know of them. */
const tellsOfTls = Number.parseInt(process.versions.node, 10) >= 22;

/** What fetch() sends by. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** Another one takes its place, with the same options. */
function renewDispatcher(really: boolean): void {
  const globals = globalThis as unknown as Record<symbol, object | undefined>;
  const agent = globals[DISPATCHER] as Record<symbol, unknown> | undefined;
  // None yet, one that was composed, a proxy's, or one that a test made.
  if (agent === undefined || isProxy(agent) || agent.constructor.name !== 'Agent' || !really) return;
  const its = (name: string) => {
    const key = Object.getOwnPropertySymbols(agent).find(({ description }) => description === name);
    return key && agent[key];
  };
  if ((its('factory') as { name?: string } | undefined)?.name !== 'defaultFactory') return;
  try {
    globals[DISPATCHER] = new (agent.constructor as new (options: unknown) => object)(its('options'));
  } catch {
    // Some other Agent: the child's first request fails, and is to be made again.
  }
}
