#!/usr/bin/env bash
# five-minute-path.sh PACKAGES [PAGE]: follows docs/getting-started.md, or another page, in a temporary folder, as a reader would,
# with the packages in the folder PACKAGES and, for all others, this machine's own package sources.
#
# What is run is the page itself: each code block that follows one of these comments, in their order, in one shell:
#   <!-- five-minute-path: shell -->            run its lines
#   <!-- five-minute-path: file NAME -->        write it to the file NAME in the current folder
#   <!-- five-minute-path: run until TEXT -->   run its lines until they print TEXT, then stop them as Ctrl+C does: they must end with 0
# If the page needs a broker at localhost:9092, one is started from KAFKA_HOME at a free port, which is put in its place; its tools are on PATH.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
packages="$(cd "$1" && pwd)"
page="$(realpath "${2:-$here/docs/getting-started.md}")"
work="$(mktemp -d)"
broker= running=

fail() { echo "five-minute path: $*" >&2; exit 1; }

clean_up() {
  [ -z "$running" ] || kill -KILL -- "-$running" 2>/dev/null || :
  [ -z "$broker" ] || { kill -KILL "$broker" && wait "$broker"; } 2>/dev/null || :
  rm -rf "$work"
}
trap clean_up EXIT

await() { # text, file, process: until the file has the text
  local i
  for i in {1..3000}; do
    grep -qF -- "$1" "$2" && return
    kill -0 "$3" 2>/dev/null || { cat "$2"; fail "it ended without saying '$1'"; }
    sleep 0.1
  done
  cat "$2"; fail "it did not say '$1' in five minutes"
}

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

start_broker() { # port
  [ -n "${KAFKA_HOME:-}" ] || fail 'the page needs a broker: set KAFKA_HOME to the folder of an Apache Kafka 4 distribution'
  local dir="$work/broker" controller; controller=$(free_port)
  mkdir "$dir"
  cat > "$dir/server.properties" <<P
node.id=1
process.roles=broker,controller
controller.quorum.voters=1@127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$1,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$1
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$dir/data
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
P
  export LOG_DIR="$dir"
  "$KAFKA_HOME/bin/kafka-storage.sh" format -t AAAAAAAAAAAAAAAAAAAAAA -c "$dir/server.properties" > "$dir/log" 2>&1 || { cat "$dir/log"; fail 'no broker'; }
  KAFKA_HEAP_OPTS='-Xmx256m' "$KAFKA_HOME/bin/kafka-server-start.sh" "$dir/server.properties" >> "$dir/log" 2>&1 &
  broker=$!
  await 'Kafka Server started' "$dir/log" "$broker"
  export PATH="$KAFKA_HOME/bin:$PATH"
}

# A packages folder of its own, so that a build of yesterday with the same version is not found in the machine's.
machine="$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//')"
export NUGET_PACKAGES="$work/packages"
others=; compgen -G "${machine%/}/eventdriven.*" >/dev/null || others="<fallbackPackageFolders><add key=\"machine\" value=\"$machine\" /></fallbackPackageFolders>"
cat > "$work/nuget.config" <<P
<configuration><packageSources><add key="packed" value="$packages" /></packageSources>$others</configuration>
P

mkdir "$work/blocks" "$work/reader"
awk -v blocks="$work/blocks" '
  { sub(/\r$/, "") }
  match($0, /^<!-- five-minute-path: .* -->$/) { step = substr($0, 24, length($0) - 27); next }
  /^```/ && inside { inside = 0; step = ""; close(file); next }
  /^```/ && step != "" { inside = 1; file = sprintf("%s/%02d", blocks, ++n); print step > (file ".step"); printf "" > file; next }
  inside { print > file }
' "$page"
compgen -G "$work/blocks/*.step" > /dev/null || fail "$page marks no step"

if grep -qF 'localhost:9092' "$work"/blocks/*; then
  port=$(free_port)
  start_broker "$port"
  sed -i "s/localhost:9092/127.0.0.1:$port/g" "$work"/blocks/*
fi

cd "$work/reader"
for marked in "$work"/blocks/*.step; do
  step="$(cat "$marked")"
  block="${marked%.step}"
  echo "--- $step"
  case $step in
    shell) set -x; . "$block"; { set +x; } 2>/dev/null;;
    file\ *) cp "$block" "${step#file }";;
    run\ until\ *)
      cat "$block"
      set -m
      # A shell that was started in the background ignores Ctrl+C, and so would all that it starts.
      env --default-signal=INT bash -e "$block" > "$work/output" 2>&1 &
      running=$!
      set +m
      await "${step#run until }" "$work/output" "$running"
      kill -INT -- "-$running"
      code=0; wait "$running" || code=$?
      running=
      cat "$work/output"
      [ $code = 0 ] || fail "it ended with $code after Ctrl+C";;
    *) fail "unknown step '$step'";;
  esac
done

# What was built is what was packed, not a package of the same name from elsewhere.
version="$(basename "$packages"/EventDriven.Kafka.[0-9]*.nupkg .nupkg | sed 's/^EventDriven\.Kafka\.//')"
used="$(grep -rh --include='*.csproj' 'Include="EventDriven\.' "$work/reader")" || fail 'no project uses the packages'
! grep -vF "Version=\"$version\"" <<< "$used" || fail "not the packed version, $version"
echo "--- The page works, with version $version."
