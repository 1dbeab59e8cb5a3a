// The agents of http, https and fetch, in a child that leaves all connections to its parent (leave.ts), those in use, too: they
// would count them, and give the idle ones to the child's first requests, which would fail.

import type { Agent } from 'node:http';
import { isProxy } from 'node:util/types';
import { agentsInUse, anyConnection, bySymbol, closeIdle, hasEntries } from './connections.js';
import { isLoaded } from './loaded.js';

/** Node's modules; a program may replace their global agents at any time. */
const modules: { globalAgent: Agent }[] = [];
const unseen = new Set(['http', 'https']);

/** In the parent, before a fork: a look into a module would cost each child some thirty pages, and one at a global one or two. */
export function findAgents(): void {
  for (const name of unseen) {
    if (!isLoaded(name)) continue;
    unseen.delete(name);
    modules.push(require(`node:${name}`) as { globalAgent: Agent });
  }
  agents = modules.length > 0 || anyConnection() ? all().filter(hasAny) : NONE;
  successor = successorOf(globals[DISPATCHER]);
  newerSuccessor = successorOf(globals[NEWER_DISPATCHER]);
}

const all = (): Agent[] => [...modules.map(({ globalAgent }) => globalAgent), ...agentsInUse()];

const NONE: readonly Agent[] = [];
/** Those that have something at the moment of the fork: mostly none, also where Node's modules are loaded. */
let agents = NONE;

/** What it has, and Node does not document. */
type Counts = Partial<Pick<Agent, 'freeSockets' | 'sockets' | 'requests'>> & { totalSocketCount?: number };

/** @param really false for a rehearsal in the parent, which changes nothing. */
export function emptyAgents(really: boolean): void {
  if (!really) empty(NO_AGENT);
  for (const agent of agents) if (really) empty(agent);
  if (really && successor !== undefined) globals[DISPATCHER] = successor;
  if (really && newerSuccessor !== undefined) globals[NEWER_DISPATCHER] = newerSuccessor;
}

function hasAny(agent: Counts): boolean {
  const { freeSockets, sockets, requests, totalSocketCount = 0 } = agent;
  return totalSocketCount > 0 || [freeSockets, sockets, requests].some(hasEntries);
}

function empty(agent: Counts): void {
  closeIdle(agent);
  for (const lists of [agent.freeSockets, agent.sockets, agent.requests]) {
    for (const name of Object.keys(lists ?? {})) delete (lists as Record<string, unknown>)[name];
  }
  if (agent.totalSocketCount !== undefined) agent.totalSocketCount = 0;
}

const NO_AGENT: Counts = { freeSockets: {}, sockets: {}, requests: {} };

/** What fetch() sends by: of undici's versions, more than one may be there, and they may share it. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');
const NEWER_DISPATCHER = Symbol.for('undici.globalDispatcher.2');
const globals = globalThis as unknown as Record<symbol, object | undefined>;

/**
 * Others take their places in children, with the same options: one may be waiting for a connection that is the parent's. The parent
 * makes them, once for each, and never sends anything by them.
 */
let successor: object | undefined;
let newerSuccessor: object | undefined;
const successors = new WeakMap<object, object | undefined>();

function successorOf(old: object | undefined): object | undefined {
  if (old === undefined) return undefined;
  if (!successors.has(old)) successors.set(old, renew(old));
  return successors.get(old);
}

/** Undefined: one that was composed, a proxy's, or one that a test made. */
function renew(agent: object): object | undefined {
  if (isProxy(agent) || agent.constructor.name !== 'Agent') return undefined;
  if ((bySymbol(agent, 'factory') as { name?: string } | undefined)?.name !== 'defaultFactory')
    return undefined;
  try {
    return new (agent.constructor as new (options: unknown) => object)(bySymbol(agent, 'options'));
  } catch {
    return undefined; // some other Agent: the child's first request fails, and is to be made again
  }
}
