// Dispositions that the program asked for. Node itself ignores SIGPIPE and SIGXFSZ, which exec puts back: but not where this
// was the program's own will.

import type { SignalName } from '../validate.js';

const ignored = new Set<SignalName>();

export function noteDisposition(signal: SignalName, disposition: 'default' | 'ignore'): void {
  if (disposition === 'ignore') ignored.add(signal);
  else ignored.delete(signal);
}

export function ignoredOnPurpose(signal: SignalName): boolean {
  return ignored.has(signal);
}
