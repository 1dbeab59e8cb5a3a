// One listener on each AbortSignal, however many calls share it: Node takes more than ten for a leak, and warns.

import { native } from '../native.js';

interface Calls {
  /** Whose calls they are: a child that aborts its copy of the signal ends nothing of its parent's. */
  owner: number;
  aborts: Set<() => void>;
}

const calls = new WeakMap<AbortSignal, Calls>();

/** Calls `abort` when the signal is aborted in this process, until the returned call takes it back. */
export function onAbort(signal: AbortSignal | undefined, abort: () => void): () => void {
  if (signal === undefined) return () => {};
  const known = calls.get(signal);
  const { aborts } = known?.owner === native.getpid() ? known : listen(signal);
  aborts.add(abort);
  return () => aborts.delete(abort);
}

function listen(signal: AbortSignal): Calls {
  const those: Calls = { owner: native.getpid(), aborts: new Set() };
  calls.set(signal, those);
  signal.addEventListener(
    'abort',
    () => {
      if (native.getpid() !== those.owner) return;
      for (const abort of [...those.aborts]) abort();
    },
    { once: true },
  );
  return those;
}
