// The steps of a fork that the test build can leave out (native/runtime/steps_off.cc), in the order in which they are
// taken, and what becomes of a fork without each.

export interface Step {
  /** As JUST_FORK_WITHOUT has it. */
  name: string;
  /** What takes the step: a file, and text in it. */
  file: string;
  call: string;
  /** Of scenarios/: the program in which the step matters. */
  scenario: string;
  /** A race breaks some forks, or none in a short run; the rest break each. */
  breaks: 'always' | 'sometimes';
}

const GATEWAY = 'native/runtime/gateway.cc';
const RANDOM = 'src/child/random.ts';

export const STEPS: readonly Step[] = [
  {
    name: 'executor',
    file: GATEWAY,
    call: 'platform::Install(',
    scenario: 'background-work',
    breaks: 'always',
  },
  {
    name: 'finish-sweeping',
    file: GATEWAY,
    call: 'collector::AwaitSweeping(',
    scenario: 'sweeping',
    breaks: 'sometimes',
  },
  {
    name: 'stop-workers',
    file: GATEWAY,
    call: 'workers::Stop(',
    scenario: 'workers',
    breaks: 'sometimes',
  },
  {
    name: 'park-pool',
    file: GATEWAY,
    call: 'thread_pool::Park(',
    scenario: 'pool-in-flight',
    breaks: 'always',
  },
  {
    name: 'idle-workers',
    file: GATEWAY,
    call: 'node_workers::Idle(',
    scenario: 'late-load',
    breaks: 'sometimes',
  },
  {
    name: 'pause-executor',
    file: GATEWAY,
    call: 'executor.Pause(',
    scenario: 'marking',
    breaks: 'sometimes',
  },
  {
    name: 'give-back-unused',
    file: GATEWAY,
    call: 'unused::GiveBack(',
    scenario: 'unused',
    breaks: 'always',
  },
  {
    name: 'block-signals',
    file: GATEWAY,
    call: 'AllSignalsBlocked blocked',
    scenario: 'signal',
    breaks: 'always',
  },
  { name: 'lock-loop', file: GATEWAY, call: 'loop::Lock(', scenario: 'pool-in-flight', breaks: 'sometimes' },
  { name: 'inherit-heap', file: GATEWAY, call: 'heap::Inherit inherit', scenario: 'plain', breaks: 'always' },
  {
    name: 'forget-pool',
    file: GATEWAY,
    call: 'thread_pool::ForgetInChild(',
    scenario: 'pool-in-flight',
    breaks: 'always',
  },
  {
    name: 'renew-loop',
    file: GATEWAY,
    call: 'loop::RenewInChild(',
    scenario: 'own-events',
    breaks: 'always',
  },
  {
    name: 'renew-executor',
    file: GATEWAY,
    call: 'executor.RenewInChild(',
    scenario: 'background-work',
    breaks: 'always',
  },
  {
    name: 'leave-without-joining',
    file: GATEWAY,
    call: 'exit::LeaveWithoutJoining(',
    scenario: 'exit',
    breaks: 'always',
  },
  { name: 'own-pid', file: 'src/child/pids.ts', call: 'native.getpid()', scenario: 'pid', breaks: 'always' },
  {
    name: 'renew-random',
    file: RANDOM,
    call: 'repairInChildren(renewRandom)',
    scenario: 'random',
    breaks: 'always',
  },
  {
    name: 'renew-uuids',
    file: RANDOM,
    call: 'repairInChildren(renewRandom)',
    scenario: 'uuid',
    breaks: 'always',
  },
  {
    name: 'leave-channel',
    file: 'src/child/channel.ts',
    call: 'repairInChildren(leaveChannelToParent)',
    scenario: 'channel',
    breaks: 'always',
  },
  {
    name: 'keep-heap-out',
    file: 'native/os/linux/heap.cc',
    call: 'Inherit::~Inherit()',
    scenario: 'spawn',
    breaks: 'always',
  },
];
