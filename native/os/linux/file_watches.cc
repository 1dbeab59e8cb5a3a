// libuv makes the watches of files (fs.watch) anew itself in uv_loop_fork, but one that it cannot make (the
// file is gone, or all of the user's inotify instances are taken) is the end of that loop; and if the fork
// was made in the listener of one, libuv frees the list that the listener's caller is in the midst of.
#include <sys/eventfd.h>
#include <uv.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "os/os.h"
#include "runtime/uv_internals.h"

namespace just_fork {
namespace file_watches {
namespace {

// What libuv keeps for each watched path (struct watcher_list of src/unix/linux.c, the same from 1.46
// to 1.52): a node of a tree, and the queue of the handles that watch it.
struct PathNode {
  PathNode* left;
  PathNode* right;
  PathNode* parent;
  int colour;
  Link watchers;
  int iterating;
  char* path;
  int number;
};

bool Has(const PathNode* node, const uv_fs_event_t* handle) {
  if (node == nullptr) return false;
  if (node->path == handle->path && node->number == handle->wd) return true;
  return Has(node->left, handle) || Has(node->right, handle);
}

// A member that nobody looks at, and that is never freed: with it a queue is not empty, and its node is not
// freed. Whether a listener of one of them is being called.
bool KeepAlive(PathNode* node) {
  if (node == nullptr) return false;
  node->watchers.Append(new Link);
  bool left = KeepAlive(node->left), right = KeepAlive(node->right);
  return node->iterating != 0 || left || right;
}

// Has libuv open its descriptor for watches, which it does with the first of them.
void OpenDescriptor(uv_loop_t* loop) {
  auto* first = new uv_fs_event_t;
  uv_fs_event_init(loop, first);
  uv_fs_event_start(
      first, [](uv_fs_event_t*, const char*, int, int) {}, "/", 0);
  uv_close(reinterpret_cast<uv_handle_t*>(first),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_fs_event_t*>(handle); });
}

struct Watch {
  uv_fs_event_t* handle;
  uv_fs_event_cb callback;
  char* path;
  int number;
};

// Between the two calls.
std::vector<Watch>* watches = new std::vector<Watch>;
bool in_listener = false;

}  // namespace

void TakeOut(uv_loop_t* loop) {
  auto* tree = static_cast<PathNode*>(loop->inotify_watchers);
  if (tree == nullptr) return;
  std::vector<uv_fs_event_t*> handles;
  ForEachHandle(loop, [&](uv_handle_t* handle) {
    if (handle->type != UV_FS_EVENT || !uv_is_active(handle)) return;
    handles.push_back(reinterpret_cast<uv_fs_event_t*>(handle));
  });
  for (uv_fs_event_t* handle : handles) {
    if (!Has(tree, handle)) return;  // another libuv than we know: it has its own way
  }
  in_listener = KeepAlive(tree);
  for (uv_fs_event_t* handle : handles) {
    watches->push_back({handle, handle->cb, strdup(handle->path), handle->wd});
    uv_fs_event_stop(handle);
  }
  loop->inotify_watchers = nullptr;
  // What the parent has read and not yet told bears these numbers, and they are given in this order again.
  std::sort(watches->begin(), watches->end(), [](auto& a, auto& b) { return a.number < b.number; });
}

void PutBack(uv_loop_t* loop) {
  for (const Watch& watch : *watches) {
    uv_fs_event_start(watch.handle, watch.callback, watch.path, 0);
    std::free(watch.path);
  }
  watches->clear();
  if (!in_listener) return;
  in_listener = false;
  // Who calls a listener reads on after it, and must find something to read from: if all of the user's
  // instances are taken, something that is always empty.
  if (loop->inotify_fd == -1) OpenDescriptor(loop);
  if (loop->inotify_fd == -1) loop->inotify_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

}  // namespace file_watches
}  // namespace just_fork
