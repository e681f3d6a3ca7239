#!/bin/bash
# peers.sh DIR [SYSTEM ...]: Bowline beside other systems, on this machine, in interleaved rounds.
#   DIR      a folder of benches of peers (its README.md says what it measures); it is copied, never changed
#   SYSTEM   lines of its systems.conf; default: raw-repl-bidi jraft bowline
# env: ROUNDS (5), CELLS (operation:payload:outstanding, ...; default: 32 B at 1, 64 and 1024 outstanding; one that
#      stands there twice is measured twice a round, and the window that compilers disturbed less counts),
#      SECS (5), WARM (2), PREWARM (auto20), OUT (results, JSON lines),
#      VARIANTS: Bowline with other settings, as systems of their own: "NAME:maxBatchBytes=65536,... ..." (the knobs
#      of docs/operations/configuration.md, and pageCache=true for a log written through the page cache)
#      MORE (3): so often are windows run again in which others, or JIT compilers, took over 10 % of the CPU time
# Needs JDK 17, Maven, python3. Prints the median of each cell and the ratios of Bowline's to the others'.
set -eu
[ $# -ge 1 ] && [ -d "$1" ] || { sed -n 2,11p "$0" >&2; exit 2; }
dir=$(cd "$1" && pwd); shift
[ $# -gt 0 ] || set -- raw-repl-bidi jraft bowline
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/raft-examples/bench/target/peers
jar=$root/raft-examples/counter/target/raft-examples-counter-0.1.0-SNAPSHOT-all.jar
out=${OUT:-$work/results.jsonl}
rounds=${ROUNDS:-5}
more=${MORE:-3}

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
  for variant in ${VARIANTS:-}; do
    echo "${variant%%:*}  $work/classes:$jar  lab.BowlineSystem  client=grpc,${variant#*:}"
  done
} >>"$work/lab/systems.conf"

: >"$out"
export SECS=${SECS:-5} WARM=${WARM:-2} PREWARM=${PREWARM:-auto20}
CELLS=${CELLS:-w:32:1,w:32:64,w:32:1024} "$work/lab/matrix.sh" "$out" "$rounds" "$@"

# A window that others disturbed is run again, MORE times at most.
for again in $(seq "$more"); do
  python3 "$root/raft-examples/bench/peers.py" lacking "$out" "$rounds" >"$work/lacking"
  while read -r system cells <&3; do
    FIRST=$((rounds + again)) FSYNC=0 CELLS=$cells "$work/lab/matrix.sh" "$out" 1 "$system"
  done 3<"$work/lacking"
done

python3 "$root/raft-examples/bench/peers.py" table "$out" "$rounds"
