# One measurement: pools.pl CONTENDER spin COUNT TURNS HOLD, as pools/worker.ts; "turns" prints those of a millisecond.
# A child for each item, eight at a time, each with a pipe for its answer: Perl's own fork, or Parallel::ForkManager.
use strict;
use warnings;
use Time::HiRes qw(time);

use constant SLOTS => 8;

sub spin {
    my ($turns) = @_;
    my $state = 1;
    $state = ($state * 5 + 1) & 0xFFFF for 1 .. $turns;
    return $state;
}

if ($ARGV[0] eq 'turns') {
    my $best = 1e9;
    for (1 .. 200) {
        my $started = time;
        spin(10_000);
        my $taken = time - $started;
        $best = $taken if $taken < $best;
    }
    printf "%d\n", 10_000 / $best / 1000;
    exit;
}

my ($contender, $kind, $count, $turns) = @ARGV;
my %running;
my $results = 0;

sub reap {
    my $pid = waitpid -1, 0;
    my $pipe = delete $running{$pid};
    $results++ if $? == 0 && defined readline $pipe;
}

my $started = time;
if ($contender eq 'Perl fork') {
    for (1 .. $count) {
        reap() if keys %running == SLOTS;
        pipe my $read, my $write or die;
        my $pid = fork // die;
        if ($pid == 0) {
            syswrite $write, spin($turns);
            require POSIX;
            POSIX::_exit(0);
        }
        $running{$pid} = $read;
    }
    reap() while %running;
} else {
    require Parallel::ForkManager;
    my $manager = Parallel::ForkManager->new(SLOTS);
    $manager->run_on_finish(sub { $results++ if $_[1] == 0 && defined $_[5] });
    for (1 .. $count) {
        next if $manager->start;
        my $state = spin($turns);
        $manager->finish(0, \$state);
    }
    $manager->wait_all_children;
}
my $taken = time - $started;
die "$results results" if $results != $count;
printf "%f\n", $taken * 1000;
