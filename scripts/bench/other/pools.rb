# One measurement: pools.rb CONTENDER KIND COUNT TURNS HOLD, as pools/worker.ts; "turns" prints those of a millisecond.
SLOTS = 8
DATA = []

def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)

def rss = File.read('/proc/self/statm').split[1].to_i * 4096

def grow(megabytes)
  goal = rss + megabytes * 2**20
  while rss < goal
    DATA << Array.new(10_000) { |i| { id: i, name: "leaf #{i}", values: [i, i / 2.0, -i] } }
  end
end

def spin(turns)
  state = 1
  turns.times { state = (state * 5 + 1) & 0xFFFF }
  state
end

def scan(part, count, hold)
  total = 0
  DATA.each_with_index do |chunk, i|
    next unless i % count == part
    chunk.each { |leaf| total += leaf[:name].length + leaf[:values][0] }
  end
  sleep(hold / 1000.0) if hold > 0
  total
end

def turns_of_millisecond
  best = 200.times.map { started = now; spin(10_000); now - started }.min
  (10_000 / best / 1000).round
end

# A child for each item, eight at a time, each with a pipe for its answer.
def fork_loop(items)
  results = {}
  running = {}
  reap = lambda do
    pid = Process.wait
    item, read = running.delete(pid)
    results[item] = read.read.to_i
    read.close
    raise "#{pid} failed" unless $?.success?
  end
  items.each do |item|
    reap.call if running.size == SLOTS
    read, write = IO.pipe
    pid = fork do
      write.syswrite((yield item).to_s)
      exit!(0)
    end
    write.close
    running[pid] = [item, read]
  end
  reap.call until running.empty?
  results
end

def parallel(items, &work)
  require 'parallel'
  Parallel.map(items, in_processes: SLOTS, &work)
end

if ARGV[0] == 'turns'
  puts turns_of_millisecond
  exit
end

contender, kind = ARGV
count, turns, hold = ARGV[2..].map(&:to_i)
grow(300) if kind == 'scan'
work = kind == 'scan' ? ->(i) { scan(i, count, hold) } : ->(_) { spin(turns) }
started = now
results = contender == 'Ruby fork' ? fork_loop(0...count, &work) : parallel((0...count).to_a, &work)
taken = now - started
raise "#{results.size} results" if results.size != count
puts taken * 1000
