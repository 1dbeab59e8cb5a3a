// The floor under any fork of a Node process: fork, _exit and waitpid made natively inside it, with no JavaScript in
// the child. An addon, which the benchmark compiles for itself.
#define _GNU_SOURCE
#include <node_api.h>
#include <string.h>
#include <sys/mman.h>

#include "round-trip.h"

// V8 keeps its heap out of forks; with all of it in, the kernel has as much to copy as in a fork that lives.
static void inherit_everything(void) {
  FILE *maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) return;
  char line[4096];
  while (fgets(line, sizeof line, maps) != NULL) {
    unsigned long start, end, inode;
    char permissions[5];
    if (sscanf(line, "%lx-%lx %4s %*x %*x:%*x %lu", &start, &end, permissions, &inode) != 4) continue;
    if (permissions[3] != 'p' || inode != 0 || strstr(line, "[v") != NULL) continue;  // [vdso] and its like
    madvise((void *)start, end - start, MADV_DOFORK);
  }
  fclose(maps);
}

// measure(warmUp, count): the times in milliseconds.
static napi_value measure(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  int counts[2] = {0, 0};
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  for (size_t i = 0; i < 2; i++) napi_get_value_int32(env, argv[i], &counts[i]);

  inherit_everything();
  for (int i = 0; i < counts[0]; i++) round_trip();
  napi_value times;
  napi_create_array(env, &times);
  for (int i = 0; i < counts[1]; i++) {
    napi_value time;
    napi_create_double(env, round_trip(), &time);
    napi_set_element(env, times, (uint32_t)i, time);
  }
  return times;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "measure", NAPI_AUTO_LENGTH, measure, NULL, &function);
  napi_set_named_property(env, exports, "measure", function);
  return exports;
}
