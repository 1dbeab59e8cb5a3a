# One measurement: pools.py CONTENDER KIND COUNT TURNS HOLD, as pools/worker.ts; "turns" prints those of a millisecond.
import json, multiprocessing, os, sys, time

SLOTS = 8
data = []


def rss():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def grow(megabytes):
    goal = rss() + megabytes * 2**20
    while rss() < goal:
        data.append([{"id": i, "name": f"leaf {i}", "values": [i, i / 2, -i]} for i in range(10_000)])


def spin(turns):
    state = 1
    for _ in range(turns):
        state = (state * 5 + 1) & 0xFFFF
    return state


def scan(part):
    total = 0
    for chunk in data[part::count]:
        for leaf in chunk:
            total += len(leaf["name"]) + leaf["values"][0]
    if hold:
        time.sleep(hold / 1000)
    return total


def turns_of_millisecond():
    turns, best = 10_000, float("inf")
    for _ in range(200):
        started = time.perf_counter()
        spin(turns)
        best = min(best, time.perf_counter() - started)
    return round(turns / best / 1000)


def fork_loop(work, items):
    """A child for each item, eight at a time, each with a pipe for its answer."""
    results, running = {}, {}

    def reap():
        pid, status = os.wait()
        item, fd = running.pop(pid)
        results[item] = json.loads(os.read(fd, 4096))
        os.close(fd)
        assert status == 0

    for item in items:
        if len(running) == SLOTS:
            reap()
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(write_end, json.dumps(work(item)).encode())
            os._exit(0)
        os.close(write_end)
        running[pid] = (item, read_end)
    while running:
        reap()
    return results


def pool(work, items):
    with multiprocessing.get_context("fork").Pool(SLOTS) as workers:
        return workers.map(work, items)


def spin_item(_):
    return spin(turns)


if sys.argv[1] == "turns":
    print(turns_of_millisecond())
    sys.exit()

contender, kind = sys.argv[1:3]
count, turns, hold = map(int, sys.argv[3:6])
if kind == "scan":
    grow(300)
started = time.perf_counter()
call = fork_loop if contender == "Python os.fork" else pool
results = call(scan if kind == "scan" else spin_item, range(count))
taken = time.perf_counter() - started
assert len(results) == count
print(taken * 1000)
