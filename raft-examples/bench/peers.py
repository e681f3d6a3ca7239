"""peers.py lacking RESULTS ROUNDS: SYSTEM CELLS lines of what has too few undisturbed windows yet.
peers.py table RESULTS ROUNDS: the median of each cell, and the ratios of Bowline's to the others'.

A window is disturbed if the rest of the machine, or all JIT compilers, took over 10 % of its CPU time.
"""
import json
import os
import statistics
import sys

SHARE = 0.10


def disturbed(window):
    limit = SHARE * window['seconds'] * os.cpu_count()
    return window['other_cpu_s'] > limit or window['jit_s'] > limit


def read(path):
    order, cells = [], {}
    for line in open(path):
        window = json.loads(line)
        if window.get('failed'):
            print('FAILED', window['system'], window['failed'], file=sys.stderr)
        elif window['mode'] == 'cluster':
            if window['system'] not in order:
                order.append(window['system'])
            payload = window['payload'] if window['op'] == 'write' else 0
            key = (window['op'], payload, window['outstanding'])
            cells.setdefault(key, {}).setdefault(window['system'], []).append(window)
    return order, cells


def noise(window):
    return window['jit_s'] + window['other_cpu_s']


def quietest(windows):
    """Of each round, which may have measured a cell more than once, the least disturbed window."""
    rounds = {}
    for window in windows:
        rounds.setdefault(window['round'], []).append(window)
    return [min(of, key=noise) for of in rounds.values()]


def kept(windows, rounds):
    """The first undisturbed rounds; where there are too few, the ones that were disturbed least."""
    of_rounds = quietest(windows)
    clean = [w for w in of_rounds if not disturbed(w)]
    rest = sorted((w for w in of_rounds if disturbed(w)), key=noise)
    return (clean + rest)[:rounds]


def lacking(order, cells, rounds):
    for system in order:
        few = [f'{op[0]}:{payload}:{n}' for (op, payload, n), by in cells.items()
               if system in by and sum(not disturbed(w) for w in quietest(by[system])) < rounds]
        if few:
            print(system, ','.join(f'{cell},{cell}' for cell in few))


def median(windows, field):
    return statistics.median(w[field] for w in windows)


def table(order, cells, rounds):
    ours = [s for s in order if s.startswith('bowline')]
    others = [s for s in order if s not in ours]
    if not others:  # its variants beside itself
        ours, others = [s for s in order if s != 'bowline'], ['bowline']
    pairs = [(o, t) for o in ours for t in others]
    head = ['cell', *(f'{s} ops/s' for s in order), *(f'{o} / {t}' for o, t in pairs),
            *(f'{s} p50/p99 ms' for s in order), *(f'{o} / {t} p50, p99' for o, t in pairs),
            *(f'{s} CPU us/op' for s in order), *(f'{o} / {t} CPU' for o, t in pairs), 'windows']
    print('| ' + ' | '.join(head) + ' |')
    print('|' + '---|' * len(head))
    for key in sorted(cells, key=lambda k: (k[0] == 'read', k[1], k[2])):
        by = {s: kept(w, rounds) for s, w in cells[key].items()}
        if key[0] == 'read':  # an echo reads nothing: its answers of 32 B stand for what gRPC allows
            echoes = cells.get(('write', 32, key[2]), {})
            by.update({s: kept(w, rounds) for s, w in echoes.items() if s.startswith('raw-grpc')})
        print('| ' + ' | '.join(row(key, by, order, pairs, cells[key])) + ' |')


def row(key, by, order, pairs, all_windows):
    def ratio(field, pair):
        if pair[0] not in by or pair[1] not in by:
            return '-'
        below = median(by[pair[1]], field)
        return f'{median(by[pair[0]], field) / below:.2f}' if below else '-'

    def each(text):
        return [text(by[s]) if s in by else '-' for s in order]

    name = ('read' if key[0] == 'read' else f'write {key[1]} B') + f' x {key[2]}'
    lost = any(w.get('LOST') for windows in by.values() for w in windows)
    used = sum(len(w) for w in by.values())
    dirty = sum(disturbed(w) for windows in by.values() for w in windows)
    again = sum(len(w) for w in all_windows.values()) - used
    return [name + (' LOST' if lost else ''),
            *each(lambda w: f"{median(w, 'ops_per_s'):,.0f}"),
            *(ratio('ops_per_s', p) for p in pairs),
            *each(lambda w: f"{median(w, 'p50_us') / 1e3:.2f}/{median(w, 'p99_us') / 1e3:.2f}"),
            *(f"{ratio('p50_us', p)}, {ratio('p99_us', p)}" for p in pairs),
            *each(lambda w: f"{median(w, 'cpu_us_per_op'):,.1f}"),
            *(ratio('cpu_us_per_op', p) for p in pairs),
            f'{used}, {again} more run, {dirty} disturbed']


def main():
    what, path, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    (lacking if what == 'lacking' else table)(*read(path), rounds)


main()
