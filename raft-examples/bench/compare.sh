#!/bin/bash
# compare.sh COMMIT: has this checkout become slower than that commit? Builds both, runs their benches in turn on this
# machine, and prints for each cell the ratio of operations per second (this / COMMIT) with its 95 % interval.
# Exit code 1 if a cell is slower than LEAST beyond doubt: its whole interval lies below.
# env: ROUNDS (5), LEAST (0.95), CELLS (arguments of the bench: payloads, outstanding, seconds, warm-up)
# Needs JDK 17, Maven, git, python3, and a machine with nothing else to do.
set -eu
[ $# -eq 1 ] || { sed -n 2,6p "$0" >&2; exit 2; }
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/raft-examples/bench/target/compare
base=$work/base
rounds=${ROUNDS:-5}
cells=${CELLS:---payloads=32,1024 --outstanding=1,64,1024 --seconds=4 --warmup=3 --prewarm=40}

commit=$(git -C "$root" rev-parse --verify "$1^{commit}")
git -C "$root" worktree remove --force "$base" 2>/dev/null || true
git -C "$root" worktree prune
mkdir -p "$work"
rm -f "$work"/*.jsonl
git -C "$root" worktree add --quiet --detach "$base" "$commit"
trap 'git -C "$root" worktree remove --force "$base"' EXIT

bench() { # checkout, what is measured, round
  (cd "$1" && mvn -q -o -pl raft-examples/bench -am compile exec:exec -Ddemo.skip -Dspotless.check.skip \
    "-Dbench.args=$cells --failovers=0" >"$work/$2.log" 2>&1) || { tail -20 "$work/$2.log" >&2; exit 1; }
  cp "$1/raft-examples/bench/target/bench/results.jsonl" "$work/$2-$3.jsonl"
}

# what the build needs is fetched here: no round waits for the network
(cd "$root" && mvn -q -pl raft-examples/bench -am compile exec:help -Dspotless.check.skip >/dev/null)

for round in $(seq "$rounds"); do
  echo "round $round of $rounds, $(date +%T)" >&2
  if [ $((round % 2)) = 1 ]; then bench "$base" base "$round"; bench "$root" this "$round"
  else bench "$root" this "$round"; bench "$base" base "$round"; fi
done

python3 - "$work" "$rounds" "${LEAST:-0.95}" "$commit" <<'PY'
import json, math, statistics, sys
work, rounds, least, commit = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
# quantiles of Student's t, two-sided 95 %, for 1 to 20 degrees of freedom
T = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10, 2.09, 2.09]
def read(which, round):
    rows = {}
    for line in open(f'{work}/{which}-{round}.jsonl'):
        row = json.loads(line)
        if row['kind'] == 'cell':
            rows[(row['operation'], row['payload_bytes'], row['outstanding'])] = row['ops_per_s']
    return rows
ratios, rates = {}, {}
for round in range(1, rounds + 1):
    base, this = read('base', round), read('this', round)
    for cell in this:
        if cell in base:
            ratios.setdefault(cell, []).append(math.log(this[cell] / base[cell]))
            rates.setdefault(cell, []).append((base[cell], this[cell]))
print(f'| cell | {commit[:9]} ops/s | this ops/s | ratio | 95 % interval |')
print('|---|---|---|---|---|')
slower = []
for cell, logs in ratios.items():
    mean = statistics.mean(logs)
    half = T[min(len(logs) - 1, 20) - 1] * statistics.stdev(logs) / math.sqrt(len(logs)) if len(logs) > 1 else math.inf
    low, high = math.exp(mean - half), math.exp(mean + half)
    name = f'{cell[0]} {cell[1]} B x {cell[2]}'
    old, new = (statistics.median(r[i] for r in rates[cell]) for i in (0, 1))
    print(f'| {name} | {old:,.0f} | {new:,.0f} | {math.exp(mean):.3f} | {low:.3f} to {high:.3f} |')
    if high < least:
        slower.append(name)
print('slower: ' + ', '.join(slower) if slower else f'no cell is slower than {least} of {commit[:9]} beyond doubt')
sys.exit(1 if slower else 0)
PY
