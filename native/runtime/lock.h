// A mutex that can be made new in a forked child, where the thread that held it may not exist.
#pragma once

#include <uv.h>

#include <new>

namespace just_fork {

class Lock {
 public:
  Lock() { uv_mutex_init(&mutex_); }
  void Acquire() { uv_mutex_lock(&mutex_); }
  void Release() { uv_mutex_unlock(&mutex_); }
  void Renew() { uv_mutex_init(&mutex_); }
  uv_mutex_t* get() { return &mutex_; }

 private:
  uv_mutex_t mutex_;
};

class Condition {
 public:
  Condition() { uv_cond_init(&condition_); }
  void Signal() { uv_cond_signal(&condition_); }
  void Broadcast() { uv_cond_broadcast(&condition_); }
  void Wait(Lock* lock) { uv_cond_wait(&condition_, lock->get()); }
  // False when `nanoseconds` have passed.
  bool WaitFor(Lock* lock, uint64_t nanoseconds) {
    return uv_cond_timedwait(&condition_, lock->get(), nanoseconds) == 0;
  }
  void Renew() { uv_cond_init(&condition_); }

 private:
  uv_cond_t condition_;
};

class ScopedLock {
 public:
  explicit ScopedLock(Lock* lock) : lock_(lock) { lock_->Acquire(); }
  ~ScopedLock() { lock_->Release(); }
  ScopedLock(const ScopedLock&) = delete;
  ScopedLock& operator=(const ScopedLock&) = delete;

 private:
  Lock* lock_;
};

}  // namespace just_fork
