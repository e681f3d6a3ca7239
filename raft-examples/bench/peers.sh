#!/bin/bash
# peers.sh DIR [SYSTEM ...]: Bowline beside other systems, on this machine, in interleaved rounds.
#   DIR      a folder of benches of peers (its README.md says what it measures); it is copied, never changed
#   SYSTEM   lines of its systems.conf; default: raw-repl-bidi jraft bowline
# env: ROUNDS (5), CELLS (operation:payload:outstanding, ...; default: 32 B at 1, 64 and 1024 outstanding),
#      SECS (5), WARM (2), PREWARM (auto20), OUT (results, JSON lines)
# Needs JDK 17, Maven, python3. Prints the median of each cell and the ratio of Bowline's to the others'.
set -eu
[ $# -ge 1 ] && [ -d "$1" ] || { sed -n 2,7p "$0" >&2; exit 2; }
dir=$(cd "$1" && pwd); shift
[ $# -gt 0 ] || set -- raw-repl-bidi jraft bowline
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/raft-examples/bench/target/peers
jar=$root/raft-examples/counter/target/raft-examples-counter-0.1.0-SNAPSHOT-all.jar
out=${OUT:-$work/results.jsonl}

mkdir -p "$work/classes" "$work/lab"
cp -R "$dir/." "$work/lab/"
chmod -R u+w "$work/lab"
if [ ! -d "$work/lab/raw/target/lib" ]; then (cd "$work/lab" && mvn -q -B package); fi
(cd "$root" && mvn -q -pl raft-examples/counter -am package -DskipTests -Djacoco.skip)
javac --release 17 -cp "$work/lab/core/target/classes:$jar" -d "$work/classes" \
  "$root/raft-examples/bench/src/lab/java/lab/BowlineSystem.java"
{
  echo "bowline           $work/classes:$jar  lab.BowlineSystem  client=grpc"
  echo "bowline-embedded  $work/classes:$jar  lab.BowlineSystem  client=lab"
} >>"$work/lab/systems.conf"

: >"$out"
CELLS=${CELLS:-w:32:1,w:32:64,w:32:1024} SECS=${SECS:-5} WARM=${WARM:-2} PREWARM=${PREWARM:-auto20} \
  "$work/lab/matrix.sh" "$out" "${ROUNDS:-5}" "$@"

python3 - "$out" <<'PY'
import json, statistics, sys
cells, order = {}, []
for line in open(sys.argv[1]):
    d = json.loads(line)
    if d.get('failed'):
        print('FAILED', d['system'], d['failed'])
    elif d['mode'] == 'cluster':
        if d['system'] not in order: order.append(d['system'])
        key = (d['op'], d['payload'] if d['op'] == 'write' else 0, d['outstanding'])
        cells.setdefault(key, {}).setdefault(d['system'], []).append(d)
ours = [s for s in order if s.startswith('bowline')]
others = [s for s in order if s not in ours]
head = ['cell'] + [s + ' ops/s' for s in order] + [s + ' p50/p99 ms' for s in order]
head += [o + ' / ' + t for o in ours for t in others]
print('| ' + ' | '.join(head) + ' |')
print('|' + '---|' * len(head))
def median(ds, k): return statistics.median(d[k] for d in ds) if ds else None
for key in sorted(cells, key=lambda k: (k[0] == 'read', k[1], k[2])):
    by = cells[key]
    row = ['read' if key[0] == 'read' else f'write {key[1]} B']
    row[0] += f' x {key[2]}'
    rate = {s: median(by.get(s), 'ops_per_s') for s in order}
    row += ['-' if rate[s] is None else f'{rate[s]:,.0f}' for s in order]
    row += ['-' if s not in by else f"{median(by[s], 'p50_us') / 1e3:.2f}/{median(by[s], 'p99_us') / 1e3:.2f}" for s in order]
    row += [f'{rate[o] / rate[t]:.2f}' if rate[o] and rate[t] else '-' for o in ours for t in others]
    print('| ' + ' | '.join(row) + ' |' + (' LOST' if any(d.get('LOST') for ds in by.values() for d in ds) else ''))
PY
