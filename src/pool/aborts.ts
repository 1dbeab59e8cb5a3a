// One listener on each AbortSignal, however many calls share it: Node takes more than ten for a leak, and warns.

const calls = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `abort` when the signal is aborted, until the returned call takes it back. */
export function onAbort(signal: AbortSignal | undefined, abort: () => void): () => void {
  if (signal === undefined) return () => {};
  const those = calls.get(signal) ?? listen(signal);
  those.add(abort);
  return () => those.delete(abort);
}

function listen(signal: AbortSignal): Set<() => void> {
  const those = new Set<() => void>();
  calls.set(signal, those);
  signal.addEventListener(
    'abort',
    () => {
      for (const abort of [...those]) abort();
    },
    { once: true },
  );
  return those;
}
