// What a child takes for its pid.
import { readlinkSync } from 'node:fs';
import { exchange, say } from './help';

const [own, childs] = exchange(() => `${process.pid === Number(readlinkSync('/proc/self'))}`);
say(own === 'true' && childs === 'true' ? 'good' : "the parent's pid");
