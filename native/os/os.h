// What differs between the platforms. One folder a platform implements this page; the build chooses.
#pragma once

#include <pthread.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct uv_loop_s;

namespace just_fork {

// threads.cc: the threads of this process
bool OnMainThread();
using ThreadId = uint64_t;
ThreadId CurrentThread();
uint64_t CpuTimeOf(ThreadId thread);  // ns that a thread of this process has run; UINT64_MAX: unknown
bool MayBeAwake(ThreadId thread);     // runs, or would; false also where that cannot be told
int AllOthersSleep();                 // all threads but this one, at this moment: 1, 0, or -errno
std::vector<ThreadId> AllThreads();   // none where they cannot be listed
unsigned CountThreadsNamed(const char* name);       // 0 also where threads cannot be listed
bool RedirectJoin(int (*join)(pthread_t, void**));  // in place of pthread_join in Node; false: no such way
bool ProfilerRuns();                                // V8's, which has a thread of its own
size_t SizeOfVtable(const void* vtable);            // bytes, of the symbol `vtable`

// descriptors.cc: each returns a descriptor (0 for a pair) or -errno; all are close-on-exec but where flags
// say
int PipeWith(int ends[2], int flags);  // exactly these: O_CLOEXEC, O_NONBLOCK
int SocketPairCloseOnExec(int ends[2]);
int DupOntoCloseOnExec(int fd, int target);  // fd and target differ
int FirstLoopDescriptor();          // the lowest that an event loop of Node's made for itself; 0: none found
int OpenExitDescriptor(pid_t pid);  // readable once the process has ended (pidfd, kqueue)
int OpenReadyDescriptor(int fd, bool to_write);  // readable while `fd` is ready (epoll, kqueue)
bool ChildrenHaveThem();  // these two, and those of signals; else a number in a child may be another's
void LeavePollSet(int poll_set, int fd);  // of epoll, kqueue; nothing if it is not there
bool HasRing();                           // of io_uring: libuv's, or a native module's
int ReopenPipe(int fd, int access);  // the same pipe, non-blocking, and nobody else's; -EINVAL: no such way

// masks.cc
int MaskThread(int how, const sigset_t& set, sigset_t* old);   // the calling one
int MaskProcess(int how, const sigset_t& set, sigset_t* old);  // every thread; `old` is the calling thread's

// signals.cc
int WaitForSignal(const sigset_t& set, double milliseconds,
                  siginfo_t* info);             // below 0: no limit; -EAGAIN: time is up
int OpenSignalDescriptor(const sigset_t& set);  // readable while one of them is pending; close-on-exec

// children.cc
std::vector<pid_t> ListChildren();  // of this process, running or zombie, of whatever thread
void NameContinued(idtype_t type, id_t id, siginfo_t* info);  // who goes on, where waitid leaves that out

// child_events.cc: sleeps until SIGCHLD tells that something has happened to a child, an adopted one, too. It
// is told also where the signal is blocked or ignored, and whoever else waits for it still gets it.
namespace child_events {
int Begin();  // -errno; -EBUSY: another thread is between Begin and End
void Wait();  // until one has come since Begin or the last Wait
void End();
}  // namespace child_events

// process.cc: what only some systems have, else -ENOSYS
int SetChildSubreaper(int on);
int SetParentDeathSignal(int signal);
int PidfdOpen(pid_t pid);  // close-on-exec
int PidfdSendSignal(int pidfd, int signal);
int ExecDescriptor(int fd, char* const argv[], char* const environment[]);  // returns only -errno
// Of the environment that this program was started with; on macOS, where that is not seen, of the present
// one.
bool VariableAtStart(const char* name, std::string* value);

// futex.cc: a word in shared memory, across processes. Nanoseconds below 0: no time limit. A signal does not
// end the wait.
int FutexWait(uint32_t* word, uint32_t value, int64_t nanoseconds);  // 0: woken, or not `value`; -ETIMEDOUT
int FutexWake(uint32_t* word, int count);

// mutex.cc: a lock in shared memory, of the main threads, that the kernel lets go of when its holder dies.
// All zeros is one that is free.
constexpr size_t kMutexBytes = 40;
constexpr int kAcquired = 0;
constexpr int kRecovered = 1;                     // acquired, and the last holder died
int PrepareMutexes();                             // before the memory is shared
int MutexLock(void* mutex, int64_t nanoseconds);  // -EBUSY (0 ns), -ETIMEDOUT, -EDEADLK: the caller holds it
int MutexUnlock(void* mutex);                     // -EPERM: the caller does not hold it
bool HoldsMutexIn(const void* memory, size_t length);
// For another thread that sleeps until the caller, a main thread, is to try again; on macOS -ENOSYS.
// Marks that somebody waits, and tells on which word, and while it has which value.
int MutexBeforeSleep(void* mutex, uint32_t** word, uint32_t* value);
// Wakes another if the mutex is free: the caller may have been woken for it, and does not take it.
int MutexAfterSleep(void* mutex);
// Runs `body`; if the calling thread dies in it, and the mutex of this word is free, the kernel wakes
// another.
int WithHeir(uint32_t* word, void (*body)(void*), void* argument);

// file_watches.cc: the loop's watches of files, in a child. libuv does not find them in uv_loop_fork; put
// back, those that cannot be made anew report nothing, and do not keep the loop alive.
namespace file_watches {
void TakeOut(uv_loop_s* loop);
void PutBack(uv_loop_s* loop);
}  // namespace file_watches

// foreign_polls.cc: the epoll sets of native modules, which a fork would share. On macOS no child has
// kqueue's.
namespace foreign_polls {
int Note(int own);   // in the parent, before fork: those there are, but for the loop's own; 0 or -errno
int RenewInChild();  // each is a set of the child's own from then on, and empty; 0 or -errno
}  // namespace foreign_polls

// held_locks.cc: musl keeps a list of all the locks that a thread holds, and leaves it to a child, which
// holds none of them, and makes them new: with what it locks next the list would be a knot. From
// then on each child begins with none.
namespace held_locks {
bool Install(std::string* problem);
}  // namespace held_locks

// heap.cc: who inherits V8's memory. The kernel leaves out of a fork what V8 marked with MADV_DONTFORK;
// here the gateway's own forks get all of it, and every other fork of this process still gets none.
namespace heap {
bool Install(std::string* problem);
int Complete();   // before the first Inherit, while no thread of V8's does anything; 0 or -errno
struct Inherit {  // while one lives, a fork() of this thread inherits the heap
  Inherit();
  ~Inherit();
  int Error() const;  // 0 or -errno: a child would lack a part, and die of that
};
size_t RangeCount();
size_t Bytes();
}  // namespace heap

// unused.cc: the memory that V8 and C keep and have nothing in is given back, so that a fork does not copy
// it.
namespace unused {
void Install();
// While no other thread of V8's does anything. `newest`: where the last object is that V8 has made; and the
// bytes of its young generation.
void GiveBack(uintptr_t newest, size_t young_size, size_t young_used);
}  // namespace unused

// heap_blocks.cc: what V8's heap grows by lies side by side, and a fork has few mappings of it to copy.
namespace heap_blocks {
void Install();
bool UseHugePages();  // from now on in pages of 2 MiB. False: not here, and all is as it was
}  // namespace heap_blocks

}  // namespace just_fork
