#include "runtime/file_watches.h"

#ifdef __linux__

#include <sys/eventfd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "runtime/loop.h"

namespace just_fork {
namespace {

struct Link {
  Link* next;
  Link* previous;
};

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
  auto* member = new Link{&node->watchers, node->watchers.previous};
  node->watchers.previous->next = member;
  node->watchers.previous = member;
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

void Collect(uv_handle_t* handle, void* list) {
  if (handle->type != UV_FS_EVENT || !uv_is_active(handle)) return;
  static_cast<std::vector<uv_fs_event_t*>*>(list)->push_back(reinterpret_cast<uv_fs_event_t*>(handle));
}

}  // namespace

FileWatches::FileWatches(uv_loop_t* loop) : loop_(loop) {
  auto* tree = static_cast<PathNode*>(loop->inotify_watchers);
  if (tree == nullptr) return;
  std::vector<uv_fs_event_t*> handles;
  loop::ForEachHandle(loop, Collect, &handles);
  for (uv_fs_event_t* handle : handles) {
    if (!Has(tree, handle)) return;  // another libuv than we know: it has its own way
  }
  in_listener_ = KeepAlive(tree);
  for (uv_fs_event_t* handle : handles) {
    watches_.push_back({handle, handle->cb, strdup(handle->path), handle->wd});
    uv_fs_event_stop(handle);
  }
  loop->inotify_watchers = nullptr;
  // What the parent has read and not yet told bears these numbers, and they are given in this order again.
  std::sort(watches_.begin(), watches_.end(), [](auto& a, auto& b) { return a.number < b.number; });
}

void FileWatches::Renew() {
  for (const Watch& watch : watches_) {
    uv_fs_event_start(watch.handle, watch.callback, watch.path, 0);
    std::free(watch.path);
  }
  if (!in_listener_) return;
  // Who calls a listener reads on after it, and must find something to read from: if all of the user's
  // instances are taken, something that is always empty.
  if (loop_->inotify_fd == -1) OpenDescriptor(loop_);
  if (loop_->inotify_fd == -1) loop_->inotify_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

}  // namespace just_fork

#else  // libuv's own way does it

namespace just_fork {
FileWatches::FileWatches(uv_loop_t* loop) : loop_(loop) {}
void FileWatches::Renew() {}
}  // namespace just_fork

#endif
