// Node keeps functions in variables of its modules, where no program can replace them; the inspector can read them there.

import { Script } from 'node:vm';

interface RemoteObject {
  objectId: string;
}
interface Property {
  name: string;
  value?: RemoteObject;
}
interface Answer {
  result: Property[] & RemoteObject;
  internalProperties: Property[];
}

const HOLDER = '__just_fork_holder__';

/**
 * The objects in variables that a function closes over; undefined if it has not all of them, or this Node has no
 * inspector. It takes some milliseconds.
 */
export function closedOver(closure: unknown, names: string[]): unknown[] | undefined {
  if (typeof closure !== 'function') return undefined;
  // The inspector evaluates in the first context, and a test runner may have loaded this package in another.
  const main = new Script('globalThis').runInThisContext();
  const holder = { closure, found: undefined as unknown[] | undefined };
  try {
    const { Session } = require('node:inspector') as typeof import('node:inspector');
    const session = new Session();
    session.connect();
    Object.defineProperty(main, HOLDER, { value: holder, configurable: true });
    try {
      take((method, params) => call(session, method, params), names);
    } finally {
      delete main[HOLDER];
      session.disconnect();
    }
  } catch {
    return undefined;
  }
  return holder.found;
}

type Call = (method: string, params: object) => Answer;

/** A session of the same thread answers before post() returns. */
function call(session: import('node:inspector').Session, method: string, params: object): Answer {
  let answer: unknown;
  session.post(method, params, (error, result) => {
    if (error) throw error;
    answer = result;
  });
  return answer as Answer;
}

/** Has the holder get them from the first scope that has all. */
function take(call: Call, names: string[]): void {
  const { objectId } = call('Runtime.evaluate', { expression: HOLDER }).result;
  const closure = call('Runtime.evaluate', { expression: `${HOLDER}.closure` }).result;
  const scopes = properties(call, closure).internalProperties.find(({ name }) => name === '[[Scopes]]');
  for (const { value } of properties(call, scopes?.value as RemoteObject).result) {
    if (value === undefined) continue;
    const variables = properties(call, value).result;
    const wanted = names.map((name) => variables.find((variable) => variable.name === name)?.value?.objectId);
    if (wanted.includes(undefined)) continue;
    call('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: 'function (...found) { this.found = found; }',
      arguments: wanted.map((objectId) => ({ objectId })),
    });
    return;
  }
}

function properties(call: Call, { objectId }: RemoteObject): Answer {
  return call('Runtime.getProperties', { objectId, ownProperties: true });
}
