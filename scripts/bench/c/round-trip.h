// The three calls that are measured, the same in C and inside a Node process.
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

// In milliseconds.
static double round_trip(void) {
  double started = now();
  pid_t pid = fork();
  if (pid == 0) _exit(0);
  if (pid == -1 || waitpid(pid, NULL, 0) != pid) {
    perror("fork and waitpid");
    exit(1);
  }
  return now() - started;
}
