// Producer and consumer: a ring in shared memory, and two semaphores.
//
//   here                              in C                                        in Python
//   os.sharedMemory(bytes)            mmap(0, bytes, ..., MAP_SHARED|MAP_ANON)    mmap.mmap(-1, bytes)
//   new os.SharedSemaphore(n)         sem_init(&semaphore, 1, n)                  multiprocessing.Semaphore(n)
//   semaphore.acquire()               sem_wait(&semaphore)                        semaphore.acquire()
//   semaphore.release()               sem_post(&semaphore)                        semaphore.release()
//   semaphore.value                   sem_getvalue(&semaphore, &value)            semaphore.get_value()
//
// Notice that nobody ever asks whether the ring is full or empty. One semaphore counts the free places, the other the
// numbers that are there; who finds none sleeps until the other gives one back, and their sum says how far the producer
// can run ahead. Each index belongs to one process alone. With a second producer they would have to share one, and
// would need a SharedMutex around it.
import * as os from 'just-fork';

const PLACES = 4;
const NUMBERS = 100;
const ring = new Int32Array(os.sharedMemory(PLACES * Int32Array.BYTES_PER_ELEMENT));
const free = new os.SharedSemaphore(PLACES);
const filled = new os.SharedSemaphore(0);

const producer = os.fork(() => {
  for (let i = 0; i < NUMBERS; i++) {
    free.acquire();
    ring[i % PLACES] = i + 1;
    filled.release();
  }
});

let sum = 0;
for (let i = 0; i < NUMBERS; i++) {
  filled.acquire();
  sum += ring[i % PLACES] as number;
  free.release();
}
os.waitpid(producer);
console.log(`${NUMBERS} numbers through ${PLACES} places: their sum is ${sum}`);
console.log(`at the end ${free.value} places are free, ${filled.value} filled`);
