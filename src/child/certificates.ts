// From Node 22 on, loading node:tls starts a thread of Node's own, which reads the root certificates and holds locks of
// OpenSSL meanwhile. It is no request of the thread pool, and nothing tells when it is done: a child that was forked sooner
// would wait for such a lock for ever.

import { isLoaded } from './loaded.js';

let seen = Number(process.versions.node.split('.')[0]) < 22;

/** In the parent, once, before its first fork with node:tls there: to make a context waits for what that thread reads. */
export function awaitCertificates(): void {
  if (seen || !isLoaded('tls')) return;
  seen = true;
  try {
    (require('node:tls') as typeof import('node:tls')).createSecureContext();
  } catch {
    // Of certificates that cannot be used, the program hears when it does.
  }
}
