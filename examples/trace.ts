// A trace of forks, and its picture.
//
//   here                              in C                            in Python
//   os.startTrace(), trace.toSvg()    - (strace -f tells, in text)    -
//   new os.Slots(3), slots.start(f)   a table of pids, and fork()     concurrent.futures.ProcessPoolExecutor(3)
//   slots.waitOne()                   waitpid(pid, &status, WNOHANG)  concurrent.futures.wait(...)
//   os.pause()                        pause()                         signal.pause()
//
// Notice how many stretches of time a single bar has. The parent computes and waits (hatched) by turns; a child that has
// ended stays, as a zombie (the dashed line), until its parent asks for it. Slot 1 is filled three times; the child in
// slot 2 forks one of its own; and the one in slot 0 would wait for ever, had it not been sent a signal.
import { writeFileSync } from 'node:fs';
import * as os from 'just-fork';

const cell = new Int32Array(new SharedArrayBuffer(4));
const sleep = (milliseconds: number): void => void Atomics.wait(cell, 0, 0, milliseconds);

const trace = os.startTrace();
const slots = new os.Slots(3);

const idle = slots.start(() => os.pause());
slots.start(() => sleep(60));
slots.start(() => {
  sleep(40);
  os.waitpid(os.fork(() => sleep(120)));
  sleep(40);
});
slots.waitOne();
slots.start(() => {
  sleep(50);
  return 3; // it fails
});
sleep(110); // it ends meanwhile, and is a zombie
slots.waitOne();
slots.start(() => os.execvp('sleep', ['sleep', '0.1']));
os.kill(idle, 'SIGTERM');
slots.waitAll();

const { processes, events } = trace.stop();
writeFileSync('trace.svg', trace.toSvg());
writeFileSync('trace.json', JSON.stringify(trace.toChromeTrace()));
console.log(
  `${processes.length} processes, ${events.length} events: trace.svg, and trace.json for ui.perfetto.dev`,
);
