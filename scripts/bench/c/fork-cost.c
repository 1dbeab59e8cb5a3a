// What fork, _exit and waitpid cost a C program that has as much private memory as a given Node process:
// fork-cost KB-IN-SMALL-PAGES KB-IN-HUGE-PAGES WARM-UP COUNT. Prints the times in milliseconds, as JSON.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "round-trip.h"

// The compiler must not see that nobody reads what is written.
static void touch(size_t kilobytes, int advice) {
  if (kilobytes == 0) return;
  size_t length = kilobytes * 1024;
  volatile char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    perror("mmap");
    exit(1);
  }
  madvise((void *)memory, length, advice);
  for (size_t i = 0; i < length; i += 4096) memory[i] = 1;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  touch((size_t)atol(argv[1]), MADV_NOHUGEPAGE);
  touch((size_t)atol(argv[2]), MADV_HUGEPAGE);
  int warm_up = atoi(argv[3]);
  int count = atoi(argv[4]);
  for (int i = 0; i < warm_up; i++) round_trip();
  for (int i = 0; i < count; i++) printf("%s%.6f", i == 0 ? "[" : ",", round_trip());
  puts("]");
  return 0;
}
