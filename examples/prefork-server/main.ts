// A pre-forked HTTP server: the parent opens the port, and keeps N children, which accept from it.
//
//   here                             in C                                  in Python
//   createServer().listen(port)      socket(), bind(), listen()            socket.create_server((host, port))
//   dup(fd)                          dup(fd)                               os.dup(fd)
//   pool.keep(() => serve(fd))       fork() n times, each: accept() ...    os.fork() n times, each: sock.accept() ...
//                                    again when waitpid() reports a death  again when os.waitpid() reports a death
//   process.on('SIGHUP', ...)        sigaction(SIGHUP, &action, 0)         signal.signal(signal.SIGHUP, ...)
//
// Notice that the port is opened once, before the forks: all children have the same listening socket, and the kernel
// gives each connection to one that is free. So a child that dies takes only its own connections with it, and is
// replaced; SIGHUP replaces all of them, one after the other, and no connection is refused; SIGTERM and SIGINT end all.
//
//   node dist/examples/prefork-server/main.js [PORT] [CHILDREN]

import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, Server } from 'node:net';
import { availableParallelism } from 'node:os';
import { dup } from 'just-fork';
import { ForkPool } from 'just-fork/pool';

const port = Number(process.argv[2] ?? 8080);
const slots = Number(process.argv[3] ?? availableParallelism());

/** A listening socket that nobody accepts from yet: as a bare descriptor, which children inherit. */
async function listen(): Promise<{ fd: number; address: AddressInfo }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  const fd = dup((server as Server & { _handle: { fd: number } })._handle.fd);
  server.close(); // this process's server, not the socket
  return { fd, address };
}

/** How long a client may still use a connection that it has open, when its child is to end. */
const GRACE = 1000;

/**
 * A child. On SIGTERM it accepts no more, and ends when its connections have ended. A request that is already on its way
 * to it is answered, and the answer says that the connection ends with it. To close idle connections at once, as
 * server.close() of node:http does, would lose that request.
 */
function serve(fd: number): Promise<void> {
  let ending = false;
  const server = createHttpServer((_, response) => {
    if (ending) response.setHeader('Connection', 'close');
    response.end(`${process.pid}\n`);
  });
  return new Promise((resolve, reject) => {
    process.once('SIGTERM', () => {
      ending = true;
      Server.prototype.close.call(server, () => resolve());
      setTimeout(() => server.closeAllConnections(), GRACE).unref();
    });
    server.once('error', reject).listen({ fd });
  });
}

async function main(): Promise<void> {
  const { fd, address } = await listen();
  const pool = new ForkPool({
    slots,
    onSpawn: ({ pid, slot }) => console.log(`slot ${slot}: ${pid}`),
    onExit: ({ pid, slot, signal, exitCode }) =>
      console.log(`slot ${slot}: ${pid} ended, ${signal ?? exitCode}`),
  });
  const keeper = pool.keep(() => serve(fd));
  process.on('SIGHUP', () => {
    void keeper.reload().then(() => console.log('reloaded'));
  });
  console.log(`http://127.0.0.1:${address.port}, parent ${process.pid}`);
  await keeper.wait();
}

void main();
