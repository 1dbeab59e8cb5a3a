// In the child: the watches of files (fs.watch) over uv_loop_fork. libuv makes them anew itself, but one that
// it cannot make (the file is gone, or all of the user's inotify instances are taken) is the end of that
// loop; and if the fork was made in the listener of one, libuv frees the list that the listener's caller is
// in the midst of.
#pragma once

#include <uv.h>

#include <vector>

namespace just_fork {

class FileWatches {
 public:
  // Takes them from the loop, so that uv_loop_fork finds none.
  explicit FileWatches(uv_loop_t* loop);
  // Puts them back. Those that cannot be made report nothing, and do not keep the loop alive.
  void Renew();

 private:
  struct Watch {
    uv_fs_event_t* handle;
    uv_fs_event_cb callback;
    char* path;
    int number;
  };
  uv_loop_t* loop_;
  bool in_listener_ = false;
  std::vector<Watch> watches_;
};

}  // namespace just_fork
