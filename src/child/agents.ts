// The agents of http, https and fetch, in a child that leaves all connections to its parent (leave.ts), those in use, too: they
// would count them, and give the idle ones to the child's first requests, which would fail.

import type { Agent } from 'node:http';
import { isProxy } from 'node:util/types';
import { agentsInUse, anyConnection, bySymbol, closeIdle } from './connections.js';
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
  dispatches = globals[DISPATCHER] !== undefined || globals[NEWER_DISPATCHER] !== undefined;
}

const all = (): Agent[] => [...modules.map(({ globalAgent }) => globalAgent), ...agentsInUse()];

const NONE: readonly Agent[] = [];
/** Those that have something at the moment of the fork: mostly none, also where Node's modules are loaded. */
let agents = NONE;
/** Whether there was a global dispatcher then. */
let dispatches = false;

/** What it has, and Node does not document. */
type Counts = Pick<Agent, 'freeSockets' | 'sockets' | 'requests'> & { totalSocketCount?: number };

/** @param really false for a rehearsal in the parent, which changes nothing. */
export function emptyAgents(really: boolean): void {
  for (const agent of really ? agents : REHEARSED) empty(agent);
  if (really && dispatches) renewDispatchers();
}

function hasAny(agent: Counts): boolean {
  const lists = [agent.freeSockets, agent.sockets, agent.requests];
  return (agent.totalSocketCount ?? 0) > 0 || lists.some((list) => Object.keys(list).length > 0);
}

function empty(agent: Counts): void {
  closeIdle(agent);
  for (const lists of [agent.freeSockets, agent.sockets, agent.requests]) {
    for (const name of Object.keys(lists)) delete (lists as Record<string, unknown>)[name];
  }
  if (agent.totalSocketCount !== undefined) agent.totalSocketCount = 0;
}

const REHEARSED: readonly Counts[] = [{ freeSockets: {}, sockets: {}, requests: {} }];

/** What fetch() sends by: of undici's versions, more than one may be there, and they may share it. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');
const NEWER_DISPATCHER = Symbol.for('undici.globalDispatcher.2');
const globals = globalThis as unknown as Record<symbol, object | undefined>;

/** Others take their places, with the same options: one may be waiting for a connection that is the parent's. */
function renewDispatchers(): void {
  const renewed = new Map<object, object>();
  for (const name of [DISPATCHER, NEWER_DISPATCHER]) {
    const old = globals[name];
    if (old === undefined) continue;
    const fresh = renewed.get(old) ?? renew(old);
    if (fresh === undefined) continue;
    renewed.set(old, fresh);
    globals[name] = fresh;
  }
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
