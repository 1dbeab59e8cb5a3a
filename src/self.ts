// Node's own process, which hears of ends, errors and messages. In the context of its tests Jest puts a copy in its place, which
// hears of none.

import { Script } from 'node:vm';

export const { process: self = process } = new Script('globalThis').runInThisContext() as typeof globalThis;
