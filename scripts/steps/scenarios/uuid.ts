// The identifiers that parent and child make next.
import { randomUUID } from 'node:crypto';
import { exchange, say } from './help';

randomUUID();
const [own, childs] = exchange(() => [randomUUID(), randomUUID()].join());
say(own === childs ? 'the same UUIDs' : 'good');
