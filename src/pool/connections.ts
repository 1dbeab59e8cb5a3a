// Connections that the parent's agents keep open for the next request. In a pool child they are let go (inherited.ts), but
// the agents do not know: they would give them to the child's first requests, which would fail.

import type { Agent } from 'node:http';
import { isLoaded } from '../child/loaded.js';

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

/** @param really false for a rehearsal in the parent, which changes nothing. */
export function forgetConnections(really: boolean): void {
  for (const agent of really ? agents : [NO_AGENT]) {
    for (const sockets of Object.values(agent.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  }
  renewDispatcher(really);
}

const NO_AGENT: Pick<Agent, 'freeSockets'> = { freeSockets: {} };

/** What fetch() sends by, in undici up to 7, and from 8 on, which keeps a wrapper for the first. */
const DISPATCHERS = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));

/** Its idle connections cannot be told from those in use: so another one takes its place, with the same options. */
function renewDispatcher(really: boolean): void {
  const globals = globalThis as unknown as Record<symbol, object | undefined>;
  const key = DISPATCHERS.find((symbol) => globals[symbol]?.constructor.name === 'Agent');
  if (key === undefined || !really) return; // none yet, a proxy's, or one that a test made
  const agent = globals[key] as Record<symbol, unknown>;
  const options = Object.getOwnPropertySymbols(agent).find(({ description }) => description === 'options');
  try {
    const renewed = construct(agent, options && agent[options]);
    for (const symbol of DISPATCHERS) {
      const dispatcher = globals[symbol];
      if (dispatcher === agent) globals[symbol] = renewed;
      else if (dispatcher?.constructor.name === 'Dispatcher1Wrapper')
        globals[symbol] = construct(dispatcher, renewed);
    }
  } catch {
    // Some other Agent: the child's first request fails, and is to be made again.
  }
}

function construct(like: object, argument: unknown): object {
  return new (like.constructor as new (argument: unknown) => object)(argument);
}
