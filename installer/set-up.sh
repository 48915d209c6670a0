#!/bin/sh
# Makes this machine ready: `set-up.sh run` before `npm start`, `set-up.sh test` before `npm test`, `set-up.sh bench`
# before `npm run bench:digitize`, `set-up.sh usb` before `npm run test:usb`.
# Plain sh, because it runs before anything is installed; quick when nothing is to do. All it says goes to standard error.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
purpose=${1:-}
case $purpose in
run | test | bench | usb) ;;
*)
  echo 'usage: installer/set-up.sh run|test|bench|usb' >&2
  exit 2
  ;;
esac

say() { echo "set-up: $*" >&2; }
hash_of() { sha256sum | cut -d ' ' -f 1; }

# Two set-ups at once would trample on each other's node_modules.
mkdir -p .cache
if command -v flock >/dev/null; then
  exec 9>.cache/set-up.lock
  flock 9
fi

# npm puts node_modules/.bin first; while that very folder is being replaced, the system's Node must do the work.
PATH=$(echo "$PATH" | tr ':' '\n' | grep -v "^$root/node_modules/" | paste -s -d ':' -)
export PATH

quietly() { # LABEL COMMAND...: shows the command's words only when it fails
  label=$1
  shift
  log=$(mktemp)
  say "$label"
  if "$@" </dev/null >"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  # npm says what is wrong first and its whole manual after it; apt says it last.
  head -n 12 "$log" >&2
  tail -n +13 "$log" | tail -n 12 >&2
  rm -f "$log"
  return 1
}

# Not `npm ci`: it refuses a lock file without the binaries for other systems, which not every registry carries.
# `npm install --no-save` takes the locked versions and hashes as well, and leaves the lock file as it is.
install_from_lock() { npm install --no-save --no-audit --no-fund --loglevel=error; }
pinned_node_runs() { node_modules/.bin/node --version >/dev/null 2>&1; }

npm_packages() {
  stamp=node_modules/.motcua-installed
  wanted=$(cat package.json package-lock.json | hash_of)
  [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && return 0
  rm -f "$stamp"
  quietly 'installing npm packages (a minute or two)' install_from_lock || return 1
  if ! pinned_node_runs; then
    # An installation that was broken off leaves packages whose install scripts never ran.
    rm -rf node_modules
    quietly 'installing npm packages anew' install_from_lock || return 1
  fi
  if ! pinned_node_runs; then
    say 'npm did not install the pinned Node: are install scripts switched off (npm config get ignore-scripts)?'
    return 1
  fi
  echo "$wanted" >"$stamp"
}

missing_debian_packages() {
  awk -v p="$purpose" '$1 == "run" || $1 == p { print $2 }' installer/debian-packages.txt | while read -r package; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || echo "$package"
  done
}

apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y \
    -o Acquire::Retries=1 -o Acquire::http::Timeout=30 -o DPkg::Lock::Timeout=120 "$@"
}

debian_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say 'this is no Debian: see installer/debian-packages.txt for what must be there'
    return 0
  fi
  missing=$(missing_debian_packages | paste -s -d ' ' -)
  [ -z "$missing" ] && return 0
  if [ "$(id -u)" != 0 ]; then
    say "Debian packages are missing; going on without them. To install them:"
    say "  sudo apt-get install --no-install-recommends $missing"
    return 0
  fi
  quietly 'reading the list of Debian packages' apt_get update || say 'the list of Debian packages could not be read'
  # shellcheck disable=SC2086 # a list of words
  quietly "installing $missing" apt_get install --no-install-recommends $missing && return 0
  # One package that this Debian lacks must not keep the others out.
  for package in $missing; do
    apt_get install --no-install-recommends "$package" </dev/null >/dev/null 2>&1 || true
  done
  missing=$(missing_debian_packages | paste -s -d ' ' -)
  [ -z "$missing" ] && return 0
  say "could not install: $missing"
  [ "$purpose" = run ]
}

# The programs in C, one file each. Without compiler or library the kiosk runs as well, only without chip reader.
native_programs() {
  build pcsc-bridge device-drivers/id-chip/pcsc/native -lpcsclite -lpthread
  build socket-exec device-drivers/simulators/chip/native
}

build() { # NAME FOLDER LIBRARIES...
  source=$2/$1.c
  program=$2/build/$1
  shift 2
  stamp=$program.built
  wanted=$(hash_of <"$source")
  [ -x "$program" ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && return 0
  if ! command -v cc >/dev/null; then
    say "no C compiler: $program is not built"
    return 0
  fi
  mkdir -p "$(dirname "$program")"
  # Beside it first: a program that runs cannot be overwritten.
  if quietly "building $program" cc -std=c11 -D_GNU_SOURCE -O2 -Wall -I/usr/include/PCSC -o "$program.new" "$source" "$@"; then
    mv -f "$program.new" "$program"
    echo "$wanted" >"$stamp"
  else
    say "$program could not be built; going on without it"
  fi
}

screen() {
  stamp=node_modules/.motcua-screen-built
  wanted=$(
    {
      find kiosk-app/ui kiosk-app/contract -name node_modules -prune -o -name dist -prune -o -type f -print |
        LC_ALL=C sort | xargs sha256sum
      sha256sum package-lock.json
    } | hash_of
  )
  [ -d kiosk-app/ui/dist ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && return 0
  quietly 'building the screen' node_modules/.bin/node node_modules/vite/bin/vite.js build kiosk-app/ui || return 1
  echo "$wanted" >"$stamp"
}

npm_packages || { say 'npm packages could not be installed'; exit 1; }
debian_packages || { say "$purpose needs these Debian packages"; exit 1; }
native_programs
[ "$purpose" = bench ] || [ "$purpose" = usb ] || screen || { say 'the screen could not be built'; exit 1; }
