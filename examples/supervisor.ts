// A supervisor: what fails is started again, a few times.
//
//   here                       in C                              in Python
//   os.fork(body)              if (fork() == 0) _exit(body())    if os.fork() == 0: os._exit(body())
//   os.wait()                  wait(&status)                     os.wait()
//   os.decodeStatus(status)    WIFEXITED(status) and its kin     os.waitstatus_to_exitcode(status)
//   os.kill(pid, 'SIGKILL')    kill(pid, SIGKILL)                os.kill(pid, signal.SIGKILL)
//
// Notice that the supervisor sleeps in wait() and is woken by the one thing that it has to do. It learns a pid and a
// status, and its own table says what that pid was. It asks the status how the child ended, since a program that ended
// with 0 is done, while one that a signal ended has no exit code at all. And it counts: a child that fails at once
// would else be forked for ever, as fast as the machine can.
import * as os from 'just-fork';

const services = {
  good: () => 0,
  bad: () => 1,
  worse: () => os.kill(os.getpid(), 'SIGKILL'),
};
type Name = keyof typeof services;

const running = new Map<number, Name>();
let restarts = 4;

function start(name: Name): void {
  running.set(os.fork(services[name]), name);
}

for (const name of Object.keys(services) as Name[]) start(name);
while (running.size > 0) {
  const [pid, status] = os.wait();
  const name = running.get(pid) as Name;
  running.delete(pid);
  const { success, exitCode, signal } = os.decodeStatus(status);
  const again = !success && restarts-- > 0;
  console.log(
    `${name} ended ${signal ? `by ${signal}` : `with ${exitCode}`}${again ? ', and starts again' : ''}`,
  );
  if (again) start(name);
}
