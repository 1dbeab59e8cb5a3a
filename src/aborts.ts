// One listener on each AbortSignal, however many calls share it: Node takes more than ten for a leak, and warns.

import { native } from './native.js';

interface Calls {
  /** Whose calls they are: a child that aborts its copy of the signal ends nothing of its parent's. */
  owner: number;
  aborts: Set<() => void>;
  listener: () => void;
}

const calls = new WeakMap<AbortSignal, Calls>();

/** Calls `abort` when the signal is aborted in this process, until the returned call takes it back. */
export function onAbort(signal: AbortSignal | undefined, abort: () => void): () => void {
  if (signal === undefined) return nothing;
  const known = calls.get(signal);
  const those = known?.owner === native.getpid() ? known : listen(signal);
  those.aborts.add(abort);
  return () => {
    those.aborts.delete(abort);
    if (those.aborts.size === 0) forget(signal, those);
  };
}

const nothing = () => {};

function listen(signal: AbortSignal): Calls {
  const those: Calls = {
    owner: native.getpid(),
    aborts: new Set(),
    listener() {
      if (native.getpid() !== those.owner) return;
      for (const abort of [...those.aborts]) abort();
    },
  };
  calls.set(signal, those);
  signal.addEventListener('abort', those.listener, { once: true });
  return those;
}

/** A signal that is listened to is kept by those that it was made of, with AbortSignal.any. */
function forget(signal: AbortSignal, those: Calls): void {
  signal.removeEventListener('abort', those.listener);
  if (calls.get(signal) === those) calls.delete(signal);
}
