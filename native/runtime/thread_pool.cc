#include "runtime/thread_pool.h"

#include <netdb.h>
#include <sys/socket.h>

#include <vector>

#include "runtime/idle_threads.h"
#include "runtime/lock.h"
#include "runtime/pool_size.h"
#include "runtime/uv_internals.h"

namespace just_fork {
namespace thread_pool {
namespace {

// One closing of the pool: a job for each of its threads. Deleted when libuv has handed all of them back.
struct Closing {
  Lock lock;
  Condition changed;
  std::vector<uv_work_t> jobs;
  std::vector<IdleThread> inside;
  unsigned handed_back = 0;
  bool open = false;
};

Closing* closing;  // the one under way, from Park to ReleaseInParent

// A thread that has handed a look-up of a name back counts it as ended a moment later (libuv's
// src/threadpool.c). In a child that was forked in between, it runs for ever, and only half of the threads
// are there for look-ups. So the threads are to be at rest, and not only the requests done.
bool handed_back = false;                     // since the threads were last known to be at rest
auto* threads = new std::vector<IdleThread>;  // all of the pool's; empty: not known
uv_async_cb call_back;                        // libuv's own, for what was handed back

void Sit(uv_work_t* job) {
  auto* closed = static_cast<Closing*>(job->data);
  ScopedLock held(&closed->lock);
  closed->inside.push_back({CurrentThread(), 0});
  closed->changed.Broadcast();
  while (!closed->open) closed->changed.Wait(&closed->lock);
}

void HandBack(uv_work_t* job, int) {
  auto* closed = static_cast<Closing*>(job->data);
  if (++closed->handed_back == closed->jobs.size()) delete closed;
}

// How many requests may be with the pool: all that are counted, less those that are done and only wait for
// the loop to call back. Some of the rest may be connections or writes; then the pool is parked for nothing.
unsigned InFlight(uv_loop_t* loop) {
  uv_mutex_lock(&loop->wq_mutex);
  unsigned done = Link::Of(&loop->wq)->Count();
  uv_mutex_unlock(&loop->wq_mutex);
  if (done > 0) handed_back = true;
  unsigned active = loop->active_reqs.count;
  return active > done ? active - done : 0;
}

void NoteHandedBack(uv_async_t* handle) {
  handed_back = true;
  call_back(handle);
}

// Of the requests that are counted, those that the pool has nothing to do with.
unsigned OfSockets(uv_loop_t* loop) {
  unsigned count = 0;
  ForEachHandle(loop, [&count](uv_handle_t* handle) {
    switch (handle->type) {
      case UV_TCP:
      case UV_NAMED_PIPE:
      case UV_TTY: {
        auto* stream = reinterpret_cast<uv_stream_t*>(handle);
        count += Link::Of(&stream->write_queue)->Count() + Link::Of(&stream->write_completed_queue)->Count();
        count += (stream->connect_req != nullptr ? 1u : 0u) + (stream->shutdown_req != nullptr ? 1u : 0u);
        break;
      }
      case UV_UDP: {
        auto* socket = reinterpret_cast<uv_udp_t*>(handle);
        count += Link::Of(&socket->write_queue)->Count() + Link::Of(&socket->write_completed_queue)->Count();
        break;
      }
      default:
        break;
    }
  });
  return count;
}

// A job for each thread of the pool. When all are inside, whatever was queued before has been done; or, where
// there may be more threads, has begun.
Closing* QueueClosing(uv_loop_t* loop) {
  auto* made = new Closing;
  made->jobs.resize(pool_size::Get());
  // Here, and not in the pool's threads: glibc gives a thread that allocates an arena of its own, and each
  // fork from then on writes to all arenas, in both processes.
  made->inside.reserve(made->jobs.size());
  for (uv_work_t& job : made->jobs) {
    job.data = made;
    uv_queue_work(loop, &job, Sit, HandBack);  // fails only without a callback
  }
  return made;
}

// With all jobs inside: whether what was queued before has also been done.
bool IsAllDone(uv_loop_t* loop, const Closing& closed) {
  return !pool_size::MayBeLarger() || InFlight(loop) <= closed.jobs.size() + OfSockets(loop);
}

// Look-ups of names have a queue of their own, of which only half of the threads are served, so jobs queued
// after them do not come after them. A look-up that needs no network does. True: all before it have started.
bool PassSlowQueue(uv_loop_t* loop, const Deadline& deadline) {
  auto* last = new uv_getaddrinfo_t;
  addrinfo hints = {};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  auto forget = [](uv_getaddrinfo_t* request, int, addrinfo* found) {
    uv_freeaddrinfo(found);
    delete request;
  };
  if (uv_getaddrinfo(loop, last, forget, "127.0.0.1", nullptr, &hints) != 0) {
    delete last;
    return false;
  }
  for (;;) {
    uv_mutex_lock(&loop->wq_mutex);
    bool done = last->work_req.work == nullptr;  // libuv's own sign that a request has left the pool
    uv_mutex_unlock(&loop->wq_mutex);
    if (done) return true;
    if (deadline.Passed()) return false;
    uv_sleep(0);
  }
}

// Where the loop has no requests in flight. False: that takes parking them.
bool AreAtRest(const Deadline& deadline) {
  if (!handed_back) return true;
  if (threads->empty()) {
    // In a child, what was handed back can all be its parent's: it may have no pool, and is not to start one.
    if (pool_size::MayHaveBegun()) return false;
  } else if (!HaveSlept(*threads) && !FallAsleep(threads, deadline)) {
    return false;
  }
  handed_back = false;
  return true;
}

}  // namespace

void Install(uv_loop_t* loop) {
  call_back = loop->wq_async.async_cb;
  loop->wq_async.async_cb = NoteHandedBack;
  pool_size::Measure(loop);
}

bool Park(uv_loop_t* loop, bool shared, const Deadline& deadline) {
  if (!shared && InFlight(loop) == 0 && AreAtRest(deadline)) return true;
  if (!PassSlowQueue(loop, deadline)) return false;
  while (!pool_size::IsKnown()) {
    if (deadline.Passed()) return false;
    uv_sleep(0);
  }

  closing = QueueClosing(loop);
  ScopedLock held(&closing->lock);
  while (closing->inside.size() < closing->jobs.size() && !deadline.Passed()) {
    closing->changed.WaitFor(&closing->lock, deadline.Left());
  }
  if (closing->inside.size() < closing->jobs.size()) return false;
  while (!IsAllDone(loop, *closing)) {
    if (deadline.Passed()) return false;
    uv_sleep(0);
  }
  *threads = closing->inside;
  handed_back = false;
  return true;
}

void ReleaseInParent() {
  if (closing == nullptr) return;
  ScopedLock held(&closing->lock);
  closing->open = true;
  closing->changed.Broadcast();
  closing = nullptr;
}

void ForgetInChild(uv_loop_t* loop) {
  pool_size::ForgetInChild();
  threads->clear();
  handed_back = false;
  if (closing == nullptr) return;
  loop->active_reqs.count -= static_cast<unsigned>(closing->jobs.size());
  closing = nullptr;  // its memory stays: the conditions inside have waiters that do not exist here
}

void Finish(uv_loop_t* loop) {
  unsigned in_flight = InFlight(loop);
  // Else the pool may not even have begun, and at the limit of processes it could not.
  if (in_flight == 0 || in_flight <= OfSockets(loop)) return;
  Closing* last = QueueClosing(loop);
  ScopedLock held(&last->lock);
  while (last->inside.size() < last->jobs.size()) last->changed.Wait(&last->lock);
  while (!IsAllDone(loop, *last)) uv_sleep(1);
}

}  // namespace thread_pool
}  // namespace just_fork
