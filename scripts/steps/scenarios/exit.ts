// A child that ends by process.exit().
import * as os from 'just-fork';
import { judge } from './help';

const pid = os.fork();
if (pid === 0) process.exit(7);
judge(pid, 7);
