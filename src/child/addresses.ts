// A server that a child leaves to its parent is a socket without an address there, and the program may ask for it: to be its
// client.

import type { AddressInfo, Server } from 'node:net';
import { native } from '../native.js';
import { isLoaded } from './loaded.js';

/** As Node has it. */
interface Listening extends Server {
  _handle?: { fd?: number } | null;
}

let follows = false;

/** In the parent, before it forks such a child. */
export function followAddresses(): void {
  if (follows || !isLoaded('net')) return;
  follows = true;
  const { prototype } = (require('node:net') as typeof import('node:net')).Server;
  const { address } = prototype;
  prototype.address = function (this: Listening): AddressInfo | string | null {
    const own = address.call(this);
    // One that this process has made has a name.
    if (own === null || typeof own === 'string' || own.address !== '') return own;
    return native.addressLeft(this._handle?.fd ?? -1) ?? own;
  };
}
