// What libuv keeps to itself, and a fork has to reach: its queues, which are rings of links by different
// names in its versions.
#pragma once

#include <uv.h>

#include <cstddef>

namespace just_fork {

struct Link {
  Link* next;
  Link* previous;

  // `queue`: the head or a member of one, as libuv declares it.
  static Link* Of(void* queue) { return static_cast<Link*>(queue); }

  bool IsAlone() const { return next == this; }

  void TakeOut() {
    previous->next = next;
    next->previous = previous;
    next = previous = this;
  }

  // `member`: in no queue.
  void Append(Link* member) {
    member->next = this;
    member->previous = previous;
    previous->next = member;
    previous = member;
  }

  unsigned Count() const {
    unsigned count = 0;
    for (const Link* link = next; link != this; link = link->next) count++;
    return count;
  }
};

// uv_walk takes each handle out of the list and puts it back: a write, and so a page to copy, for each of
// them in every child. `visit` may close none, so the list can be read as it is; libuv's own handles are in
// it.
template <class Visit>
void ForEachHandle(uv_loop_t* loop, Visit visit) {
  Link* head = Link::Of(&loop->handle_queue);
  for (Link* link = head->next; link != head; link = link->next) {
    char* handle = reinterpret_cast<char*>(link) - offsetof(uv_handle_t, handle_queue);
    visit(reinterpret_cast<uv_handle_t*>(handle));
  }
}

}  // namespace just_fork
