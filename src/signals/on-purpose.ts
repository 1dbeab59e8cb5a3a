// Dispositions that the program asked for. Node itself ignores SIGPIPE and SIGXFSZ, which exec puts back: but not where this
// was the program's own will.

const ignored = new Set<NodeJS.Signals>();

export function noteDisposition(signal: NodeJS.Signals, disposition: 'default' | 'ignore'): void {
  if (disposition === 'ignore') ignored.add(signal);
  else ignored.delete(signal);
}

export function ignoredOnPurpose(signal: NodeJS.Signals): boolean {
  return ignored.has(signal);
}
