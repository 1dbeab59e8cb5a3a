// A channel of child_process.fork, which is the parent's: to the program that started it, or to one that it started.

import { native } from '../native.js';
import { self } from '../self.js';
import { repairInChildren } from './repair.js';

interface Channel {
  fd?: number;
  unref(): void;
}

/**
 * In the child. Two processes that read from one channel steal each other's messages, and an open one would keep the
 * child alive: this side of it is as one that has been disconnected.
 */
export function silenceChannel(owner: { channel?: unknown; connected: boolean }): void {
  const channel = owner.channel as Channel | undefined | null;
  if (!channel) return;
  const { fd } = channel;
  channel.unref();
  if (typeof fd === 'number' && fd >= 0) native.leaveStream(fd);
  put(owner, 'connected', false);
}

/** Whatever the property was before: process.connected is a getter in some versions. */
function put(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, writable: true, enumerable: true, configurable: true });
}

/** If the parent itself was started by child_process.fork, it has a channel to its own parent. The child has none. */
function leaveChannelToParent(inChild: boolean): void {
  if (!inChild || !self.channel) return;
  silenceChannel(self);
  put(self, 'channel', undefined);
  put(self, 'send', undefined);
  self.disconnect = () => {};
}

if (self.channel) repairInChildren(leaveChannelToParent);
