// What a pool's child leaves to its parent of the event loop's handles.
#pragma once

#include <sys/socket.h>
#include <uv.h>

namespace just_fork {

// In the child, before its loop has turned: the parent's sockets, pipes, watches of files and polled
// descriptors report nothing here, keep nothing alive, and sockets and pipes are not held open, nor are those
// of its Workers. Descriptors 0 to 2 and terminals stay, to be written to. 0 or -errno.
int LeaveHandlesToParent(uv_loop_t* loop);

// The same of one socket or pipe, whatever its number. 0 or -errno.
int LeaveStreamToParent(uv_loop_t* loop, int fd);

// Where the parent listens with a TCP server that was left to it; nullptr: no such server had this number.
const sockaddr_storage* AddressLeftToParent(int fd);

}  // namespace just_fork
