// The system calls, without N-API: each returns what the call returns, or -errno.
//
// EINTR never reaches a caller: every call that can be interrupted is restarted here.
#pragma once

#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace just_fork {

// wait.cc
int Waitpid(pid_t pid, int* status, int options);                  // may block
int Wait4(pid_t pid, int* status, int options, rusage* usage);     // may block
int Waitid(idtype_t type, id_t id, siginfo_t* info, int options);  // may block; si_pid 0: nothing yet
int PeekChild(pid_t pid);  // 1: has ended, 0: runs, -ECHILD: not a child of ours
int WaitUntilAnyEnds(const std::vector<pid_t>& pids, int milliseconds);  // blocks; -1: no time limit

// process.cc
int Kill(pid_t pid, int signal);
int GroupOf(pid_t pid);
int SetGroup(pid_t pid, pid_t group);
int SessionOf(pid_t pid);
int NewSession();
int ForegroundGroup(int fd);
int SetForegroundGroup(int fd, pid_t group);

// limits.cc
int Priority(int which, int who, int* value);
int SetPriority(int which, int who, int value);
int Limit(int resource, rlimit* limit);
int SetLimit(int resource, const rlimit& limit);
int Usage(int who, rusage* usage);

// signals.cc
int Pending(sigset_t* set);
void Suspend(const sigset_t* mask);  // until a handler has run; null: with the mask as it is
int Raise(int signal);
enum class Disposition { kDefault, kIgnore, kHandler };
int GetDisposition(int signal, Disposition* disposition);
int SetDisposition(int signal, int ignore);
int Alarm(unsigned seconds);  // what was left of the one before, in seconds
int GetTimer(int which, itimerval* value);
int SetTimer(int which, const itimerval& value, itimerval* old);

// memory.cc: the same pages in this process and in those that it forks from now on
int MapShared(size_t length, void** memory);
void UnmapShared(void* memory, size_t length);

// exec.cc: returns only if it fails, -errno, and has then put back everything it had changed
struct Program {
  const char* path;  // null: by descriptor
  int fd;
};
int Exec(const Program& program, char* const argv[], char* const environment[],
         const std::vector<int>& not_ignored);

// descriptors.cc
int Pipe(int ends[2]);               // both close-on-exec
int PipeAboveStandard(int ends[2]);  // neither is 0 to 2, though these may be free: a program prints there
int Close(int fd);
ssize_t Read(int fd, void* buffer, size_t length);         // may block
ssize_t Write(int fd, const void* buffer, size_t length);  // may block
// For those that never wait: the same file by a descriptor whose reads and writes return at once, -EAGAIN. It
// changes nothing for others who share the file; -EINVAL where that is not possible.
int OpenWithoutWaiting(int fd, bool to_write);
ssize_t ReadNow(int fd, void* buffer, size_t length);
ssize_t WriteNow(int fd, const void* buffer, size_t length);
int Dup(int fd);  // close-on-exec
int Dup2(int fd, int target, int inheritable);
int DupOnto(int fd, int target);
int IsTerminal(int fd);  // 1, 0 or -EBADF
int Inheritable(int fd);
int SetInheritable(int fd, int inheritable);
int Blocking(int fd);
int SetBlocking(int fd, int blocking);
int CanBePolled(int fd);  // 1, 0 (a file, /dev/null) or -errno
int Deafen(int fd);       // the number stays taken, but nothing will ever arrive on it

// frame.cc: one answer of a pool's child, of less than 4 GiB (src/pool/frames.ts). It may block.
int WriteFrame(int fd, int kind, int index, const void* payload, size_t length);
int WriteNumberFrame(int fd, int kind, int index, double number);

}  // namespace just_fork
